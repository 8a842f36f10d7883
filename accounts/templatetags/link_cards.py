from django import template

from accounts.link_cards import card_of

register = template.Library()
register.simple_tag(card_of, name="profile_card")
