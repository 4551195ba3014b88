"""A whole class: an own, proved problem set for every student of a roster, and everything that the staff needs.

The roster is cut into shards. Each is drawn, written and printed as a whole, in whatever process, and what comes of
it depends on the roster, the course's key and the set file alone, so that a build which was stopped goes on where it
was, and one on a cluster gives the same bytes.
"""

from __future__ import annotations
