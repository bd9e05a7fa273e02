"""A Django project with one view, which receives webhooks."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from octopus_cards.webhooks import Receiver


def configured_django() -> None:
    """Set Django up, unless another test did."""
    settings: Any = importlib.import_module("django.conf").settings
    if not settings.configured:
        settings.configure(SECRET_KEY="x")
        importlib.import_module("django").setup()


@contextmanager
def django_settings(receiver: Receiver) -> Generator[None]:
    """Set Django up, with its middleware against CSRF, while the context is open."""
    configured_django()
    adapter: Any = importlib.import_module("octopus_cards.webhooks.django")
    urls: Any = importlib.import_module("django.urls")
    override: Any = importlib.import_module("django.test.utils").override_settings
    with override(
        ROOT_URLCONF=(urls.path("webhooks", adapter.webhook_view(receiver)),),
        ALLOWED_HOSTS=["testserver", "127.0.0.1"],
        MIDDLEWARE=["django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware"],
    ):
        yield
