"""The addresses of the search pages."""

from django.urls import path

from . import views

urlpatterns = [
    path("", views.search_page, name="search"),
    path("export.<slug:name>", views.export, name="export"),
    path("articles/<int:pk>-<slug:slug>/", views.article_page, name="article"),
]
