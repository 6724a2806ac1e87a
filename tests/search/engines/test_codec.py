"""The description of a segment, which Whoosh pickles into the table of contents."""

import pickle
from types import SimpleNamespace

import numpy as np
from whoosh import index

from search.engines.contract import Document
from search.engines.whoosh import WhooshEngine
from search.engines.whoosh.codec import ArraySegment, segment_path

# Nine documents of which two are deleted, as an index on disk has it.
STORED = (
    b"\x80\x02csearch.engines.whoosh.codec\nArraySegment\nq\x00)\x81q\x01}q\x02(X\t\x00\x00\x00indexnameq\x03X\x04\x00"
    b"\x00\x00MAINq\x04X\x05\x00\x00\x00segidq\x05X\x10\x00\x00\x000123456789abcdefq\x06X\x08\x00\x00\x00compoundq\x07"
    b"\x89X\x06\x00\x00\x00_countq\x08K\tX\x08\x00\x00\x00_deletedq\tc_codecs\nencode\nq\nX\x03\x00\x00\x00@\xc2\x80"
    b"q\x0bX\x06\x00\x00\x00latin1q\x0c\x86q\rRq\x0eX\x0e\x00\x00\x00_deleted_countq\x0fK\x02ub."
)


def test_stored_description_is_still_read(tmp_path):
    segment = pickle.loads(STORED)  # noqa: S301  # from this file
    assert (segment.doc_count_all(), segment.deleted_count(), segment.doc_count()) == (9, 2, 7)
    assert np.flatnonzero(~segment.live()).tolist() == [1, 8]
    assert segment_path(tmp_path, segment) == tmp_path / "MAIN_0123456789abcdef.arrays"


def test_deletions_add_up() -> None:
    segment = ArraySegment("MAIN", 10)
    assert not segment.has_deletions()
    assert segment.live().all()
    segment.delete_documents(np.array([2, 9]))
    segment.delete_documents(np.array([2, 4]))
    assert segment.deleted_count() == 3
    assert np.flatnonzero(segment.live()).tolist() == [0, 1, 3, 5, 6, 7, 8]


def test_schema_in_the_table_of_contents_is_never_unpickled(tmp_path, monkeypatch):
    """An index keeps the schema of the version that wrote it, whose classes may be gone."""
    engine = WhooshEngine(tmp_path)
    with engine.write() as batch:
        batch.add(Document(1, 1, {"text": "peace"}, "a"))
    engine.close()
    monkeypatch.setattr(index, "pickle", SimpleNamespace(dumps=pickle.dumps, PicklingError=pickle.PicklingError))
    with engine.write() as batch:
        batch.add(Document(2, 2, {"text": "peace"}, "b"))
    assert engine.fingerprints() == {1: "a", 2: "b"}
