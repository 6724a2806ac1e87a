"""The addresses of the pages."""

from django.urls import path

from . import article_views, sitemaps, views

urlpatterns = [
    path("", views.search_page, name="search"),
    path("help/", views.help_page, name="help"),
    path("values/<slug:name>/", views.values_page, name="values"),
    path("articles/<int:pk>/more/", views.more_sections, name="more"),
    path("suggest", views.suggestions, name="suggest"),
    path("feed.atom", views.feed, name="feed"),
    path("opensearch.xml", views.opensearch, name="opensearch"),
    path("export.<slug:name>", views.export, name="export"),
    path("articles/<int:pk>-<slug:slug>/", article_views.article_page, name="article"),
    path("articles/<int:pk>/", article_views.article_page),
    path("articles/<int:pk>/captures/", article_views.captures_page, name="captures"),
    path("articles/<int:pk>/cite/", article_views.article_citations, name="article-citations"),
    path("articles/<int:pk>/cite.<slug:name>", article_views.article_citation, name="article-citation"),
    path("sections/<int:pk>/", article_views.section_page, name="section"),
    path("sections/<int:pk>/cite.<slug:name>", article_views.section_citation, name="section-citation"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:page>.xml", sitemaps.sitemap_page, name="sitemap-page"),
]
