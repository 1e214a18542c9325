"""What drf-spectacular is told of the description of the API."""

SPECTACULAR_SETTINGS = {
    "TITLE": "Allclear API",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "DEFAULT_GENERATOR_CLASS": "api.schema.Generator",
    "POSTPROCESSING_HOOKS": ["api.schema.finish"],
    "GET_LIB_DOC_EXCLUDES": "api.components.not_described",
    "CONTACT": {},
    "LICENSE": {},
    "SERVERS": [],
    "AUTHENTICATION_WHITELIST": ["api.authentication.TokenAuthentication"],
}
