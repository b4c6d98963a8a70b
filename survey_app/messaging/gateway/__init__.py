"""The carriers, each behind `messaging.rules.contract.Gateway`; the simulator is the default."""
