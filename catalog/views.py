"""The pages of the catalog."""

from uuid import UUID

from django.contrib.auth.decorators import login_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from catalog import selectors
from catalog.models import Category, LabelVersion, Package, Product


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Every product on sale, by category."""
    return render(
        request, "catalog/home.html", {"categories": selectors.categories_with_products()}
    )


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The products of one category; 404 when there is no such category."""
    found = get_object_or_404(Category, slug=slug)
    return render(
        request,
        "catalog/category.html",
        {"category": found, "products": selectors.products_in(found)},
    )


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """A product with its label in force; 404 when it is unknown, off sale or says nothing yet."""
    try:
        found = selectors.product_for_page(slug)
        version = selectors.label_in_force(found)
    except (Product.DoesNotExist, LabelVersion.DoesNotExist) as error:
        raise Http404("no such product") from error
    packages: list[Package] = found.shown_packages  # type: ignore[attr-defined]
    return _product_page(request, found, packages, version)


@require_safe
@login_required
@permission_required("catalog.view_labelversion", raise_exception=True)
def preview(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """The product's page as it would look with this version; for content editors alone."""
    try:
        version = selectors.label_version(version_id)
    except LabelVersion.DoesNotExist as error:
        raise Http404("no such version") from error
    packages = list(version.product.packages.filter(on_sale=True).order_by("capsules"))
    return _product_page(request, version.product, packages, version, is_preview=True)


def _product_page(
    request: HttpRequest,
    product: Product,
    packages: list[Package],
    version: LabelVersion,
    *,
    is_preview: bool = False,
) -> HttpResponse:
    contacts = list(selectors.program_contacts())
    context = {
        "program_contacts": contacts,
        "product": product,
        "packages": packages,
        "content": selectors.label_content(version),
        "contact": next((c for c in contacts if c.program_code == product.program_code), None),
        "guide": selectors.current_medication_guide(product),
        "reviews": selectors.published_reviews(product),
        "is_preview": is_preview,
    }
    return render(request, "catalog/product.html", context)
