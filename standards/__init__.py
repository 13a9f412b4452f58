"""The ground floor: what the words of administrative data mean; pure knowledge, no database, no network, no clock."""
