"""What a page has copied, as a person gets it: by pasting, since our pages may not read the clipboard."""

from playwright.sync_api import Page

FIELD = "const field = document.createElement('textarea'); field.id = 'pasted'; document.body.append(field)"


def pasted(page: Page) -> str:
    """Return what is in the clipboard."""
    page.evaluate(FIELD)
    field = page.locator("#pasted")
    field.focus()
    page.keyboard.press("ControlOrMeta+V")
    text = field.input_value()
    field.evaluate("field => field.remove()")
    return text
