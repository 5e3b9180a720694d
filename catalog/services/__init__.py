"""The doors through which the catalog changes."""

from .content import load_content
from .content_file import read_content
from .labels import copy_to_draft, publish_label, start_draft
from .reviews import decline_review, publish_review
from .selling import put_on_sale, take_off_sale

__all__ = [
    "copy_to_draft",
    "decline_review",
    "load_content",
    "publish_label",
    "publish_review",
    "put_on_sale",
    "read_content",
    "start_draft",
    "take_off_sale",
]
