"""Messages to and from phones: the outbox, the gateways that carry it, who must not be written to.

Owns tables senders, outbox_topics, outbox_messages, inbound_messages, opt_outs, message_templates, gateway_stops and
simulator_messages. Knows nothing of surveys: rooms above put a text into the outbox (`operations.enqueue`) in their
own transaction, and hear of replies through the handler that the factory registers. The only room that touches
Twilio, eSMS, Zalo or any other carrier.
"""
