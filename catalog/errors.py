"""What the catalog refuses, each with a sentence for the person who asked."""


class CatalogError(Exception):
    """A change to the catalog was refused; the message is written for the editor."""


class CannotSell(CatalogError):
    """The product lacks something that it needs before it may be on sale."""


class NotADraft(CatalogError):
    """Only a draft of a label can be changed, published or thrown away."""


class IncompleteLabel(CatalogError):
    """The draft lacks a section that every reader must see."""


class StartInThePast(CatalogError):
    """A label cannot start before it is published: what was shown then is history."""


class AlreadyModerated(CatalogError):
    """The review was already published or declined."""


class MalformedContent(CatalogError):
    """A content file cannot be read; the message names the place."""
