from django.urls import path, re_path

from subscribers.views import administration, inbox, mine, public

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/news/", inbox.news, name="inbox_news"),
    path("inbox/reading/", inbox.inbox_reading, name="inbox_reading"),
    path("inbox/browser/", inbox.browser_notifications, name="browser_notifications"),
    path("inbox/<int:pk>/", inbox.notice, name="notice"),
    path("inbox/<int:pk>/reading/", inbox.notice_reading, name="notice_reading"),
    path("settings/notifications/", mine.my_notifications, name="my_notifications"),
    path("settings/notifications/subscriptions/", mine.my_subscriptions, name="my_subscriptions"),
    path("settings/notifications/subscriptions/<int:pk>/", mine.my_subscription, name="my_subscription"),
    path("incidents/<str:reference>/following/", mine.incident_following, name="incident_following"),
    path("services/<int:pk>/following/", mine.service_following, name="service_following"),
    path("settings/subscriptions/", administration.subscriptions, name="subscriptions"),
    re_path(
        r"^settings/subscriptions/(?P<kind>addresses|channels|executives)/new/$",
        administration.subscription_new,
        name="subscription_new",
    ),
    path("settings/subscriptions/<int:pk>/end/", administration.subscription_end, name="subscription_end"),
    path(
        "settings/subscriptions/addresses/<int:pk>/question/",
        administration.outside_question,
        name="outside_question",
    ),
    path(
        "settings/subscriptions/addresses/<int:pk>/removal/",
        administration.outside_removal,
        name="outside_removal",
    ),
    path("subscribe/<str:token>/", public.confirmation, name="outside_confirmation"),
    path("unsubscribe/<str:token>/", public.unsubscription, name="outside_unsubscription"),
]
