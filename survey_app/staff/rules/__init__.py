"""Pure decisions about people: who may do what, where, with which password."""
