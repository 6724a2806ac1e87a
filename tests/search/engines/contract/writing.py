"""Batches, commits, rebuilds, and who sees them."""

from collections.abc import Iterator

import pytest

from search.engines.contract import BusyError, Document, Request
from search.query.tree import Everything, Word

from .documents import EngineMaker, fail_in_batch, fill, ids, section


class WritingContract(EngineMaker):
    def test_empty_index_has_no_results(self, engine):
        results = engine.search(Request(Word("peace"), facets=("source",), histogram="auto", by_article=True))
        assert (results.hits, results.total, results.sections, results.articles) == ((), 0, 0, 0)
        assert results.facets == {"source": ()}
        assert results.histogram.buckets == ()
        assert engine.info().documents == 0
        assert list(engine.fingerprints()) == []

    def test_batch_is_visible_to_the_next_search_and_not_before(self, engine):
        assert ids(engine, Everything()) == []
        with engine.write() as batch:
            batch.add(section(1))
            assert ids(engine, Everything()) == []
        assert ids(engine, Everything()) == [1]

    def test_another_engine_on_the_folder_sees_each_commit(self, engine, tmp_path):
        other = self.make(tmp_path / "index")
        for number in (1, 2, 3):
            fill(engine, section(number))
            assert ids(other, Everything()) == list(range(1, number + 1))

    def test_state_is_another_after_each_commit_and_without_some_articles(self, engine):
        fill(engine, section(1))
        before = engine.state()
        assert engine.state() == before
        assert engine.without([1]).state() != before
        assert engine.without([1]).state() == engine.without({1}).state() != engine.without([1, 2]).state()
        fill(engine, section(2))
        assert engine.state() != before
        after = engine.state()
        engine.rebuild([section(1)])
        assert engine.state() not in (before, after)

    def test_failed_batch_leaves_nothing(self, engine):
        fill(engine, section(1))
        with pytest.raises(ZeroDivisionError):
            fail_in_batch(engine, 1, section(2))
        assert ids(engine, Everything()) == [1]
        fill(engine, section(3))
        assert ids(engine, Everything()) == [1, 3]

    def test_deleting_an_article_removes_its_sections_and_no_others(self, engine):
        fill(engine, section(1, 7), section(2, 7), section(3, 8))
        with engine.write() as batch:
            batch.delete_article(7)
        assert ids(engine, Everything()) == [3]
        assert list(engine.fingerprints()) == [(8, 3, "state 3")]
        assert engine.info().documents == 1

    def test_article_deleted_then_added_in_a_batch_is_in_the_index(self, engine):
        fill(engine, section(1, 7, "old"))
        with engine.write() as batch:
            batch.delete_article(7)
            batch.add(section(1, 7, "new"))
        assert ids(engine, Word("old")) == []
        assert ids(engine, Word("new")) == [1]

    def test_article_added_then_deleted_in_a_batch_is_not_in_the_index(self, engine):
        with engine.write() as batch:
            batch.add(section(1, 7))
            batch.delete_article(7)
            batch.add(section(2, 7))
        assert ids(engine, Everything()) == [2]

    def test_second_writer_gives_up_after_its_wait(self, engine, tmp_path):
        other = self.make(tmp_path / "index")
        with engine.write() as batch:
            batch.add(section(1))
            with pytest.raises(BusyError, match="Another process"), other.write(wait_seconds=0):
                pass
        fill(other, section(2))
        assert ids(engine, Everything()) == [1, 2]

    def test_old_index_serves_until_the_rebuild_is_done(self, engine):
        fill(engine, section(1, 0, "old"))

        def documents() -> Iterator[Document]:
            yield section(2, 0, "new")
            assert ids(engine, Everything()) == [1]

        assert engine.rebuild(documents()) == 1
        assert ids(engine, Everything()) == [2]

    def test_failed_rebuild_leaves_the_old_index(self, engine):
        fill(engine, section(1))

        def documents() -> Iterator[Document]:
            yield section(2)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            engine.rebuild(documents())
        assert ids(engine, Everything()) == [1]

    def test_many_small_commits_keep_every_section_once(self, engine):
        for number in range(1, 25):
            fill(engine, section(number, 0, f"peace {number}"))
        assert ids(engine, Word("peace"), sort="oldest") == list(range(1, 25))
        assert engine.info().segments < 12
