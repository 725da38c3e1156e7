-- Ticket and copy are under one key: whoever holds the ticket cannot write back.
redis.call('DEL', key)
return 1
