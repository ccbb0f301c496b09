"""The whole system on one machine: real servers from packages, our services, and a supervisor that owns them all.

Everything it starts is its direct child and dies with it, also after kill -9. Its state is one folder.
"""
