"""A second opinion on RDF. Reads lines "FORMAT FILE BASE [FORMAT FILE BASE]" and
answers each: "ok N" triples or "error"; of two files, "same" or how they differ."""
import logging
import sys

import rdflib
from rdflib.compare import graph_diff, to_isomorphic

logging.disable(logging.CRITICAL)


def read(form, name, base):
    return rdflib.Graph().parse(source=open(name, "rb"), format=form, publicID=base)


for line in sys.stdin:
    parts = line.split()
    try:
        one = read(*parts[:3])
        if len(parts) == 3:
            print("ok", len(one), flush=True)
            continue
        two = read(*parts[3:])
        if to_isomorphic(one) == to_isomorphic(two):
            print("same", len(one), flush=True)
            continue
        _, first, second = graph_diff(one, two)
        show = lambda g: " | ".join(" ".join(t.n3() for t in s) for s in sorted(g))[:3000]
        print("differs: only in the first:", show(first), " only in the second:", show(second), flush=True)
    except Exception as e:  # noqa: BLE001, any failure of a parser is its answer
        print("error", type(e).__name__, str(e).replace("\n", " ")[:200], flush=True)
