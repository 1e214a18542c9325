from allclear_cli.main import main

main()
