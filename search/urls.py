"""The URLs of the pages: path, view and name. `archive.urls` includes them at the root of the site."""

from django.urls import path

from .pages import articles, exports, health, names, recorded_exports, register, search, sections, sitemaps, visits

urlpatterns = [
    path("", search.search_page, name="search"),
    path("help/", search.help_page, name="help"),
    path("values/<slug:name>/", search.values_page, name="values"),
    path("articles/<int:pk>/more/", search.more_sections, name="more"),
    path("hits/<int:number>/", visits.hit, name="hit"),
    path("suggest", search.suggestions, name="suggest"),
    path("feed.atom", search.feed, name="feed"),
    path("opensearch.xml", search.opensearch, name="opensearch"),
    path("export/", exports.export_page, name="export-panel"),
    path("exports/", recorded_exports.exports_page, name="exports"),
    path("exports/<int:pk>/", recorded_exports.recorded_export, name="recorded-export"),
    path("exports/<int:pk>/delete/", recorded_exports.delete_export, name="delete-export"),
    path("export.<str:name>", exports.export, name="export"),
    path("articles/<int:pk>-<slug:slug>/", articles.article_page, name="article"),
    path("articles/<int:pk>/", articles.article_page, name="article-number"),
    path("articles/<int:pk>/captures/", articles.captures_page, name="captures"),
    path("articles/<int:pk>/cite/", articles.article_citations, name="article-citations"),
    path("articles/<int:pk>/cite.<slug:name>", articles.article_citation, name="article-citation"),
    path("names/<int:pk>/", names.name_page, name="name"),
    path("sections/<int:pk>/", sections.section_page, name="section"),
    path("sections/<int:pk>/cite/", sections.section_citations, name="section-citations"),
    path("sections/<int:pk>/cite.<slug:name>", sections.section_citation, name="section-citation"),
    path("withdrawals/", register.register, name="register"),
    # `answer_checks` answers them, for a request to any host.
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:page>.xml", sitemaps.sitemap_page, name="sitemap-page"),
]
