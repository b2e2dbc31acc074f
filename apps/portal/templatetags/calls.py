"""Template filters of the forms of operations."""

from django import template

from apps.portal.calls import help as words

register = template.Library()
register.filter("label_of", words.label_of)
