"""Addresses of orders. Keys only: no patient data."""

from django.urls import path

from orders.views import buying, mine, panel, papers, queue
from orders.views.steps import STEPS

app_name = "orders"
urlpatterns = [
    path("panel/<slug:slug>/", panel.panel, name="panel"),
    path("basket/", buying.basket, name="basket"),
    path("basket/add/", buying.add, name="add"),
    path("checkout/", buying.checkout, name="checkout"),
    path("", mine.mine, name="mine"),
    path("queue/", queue.queue, name="queue"),
    path("queue/<uuid:order_id>/", queue.review, name="review"),
    path("queue/<uuid:order_id>/packet/", papers.request_document, name="packet"),
    *(
        path(f"queue/<uuid:order_id>/{step.slug}/", step.as_view(), name=step.slug)
        for step in STEPS
    ),
    path("documents/<uuid:document_id>/", papers.document, name="document"),
    path("documents/<uuid:document_id>/file/", papers.download, name="download"),
    path("<uuid:order_id>/", mine.order, name="order"),
    path("<uuid:order_id>/cancel/", mine.CancelOwnView.as_view(), name="cancel-own"),
]
