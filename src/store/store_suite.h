// What every store must do; run by the tests of LogStore and MemoryStore.
#pragma once

#include <doctest/doctest.h>

#include "codec/digest.h"
#include "store/blob/location.h"
#include "store/store.h"

namespace posthorn::store {

inline Digest digest_of(std::string_view bytes) { return to_digest(codec::sha256(bytes)); }

inline std::shared_ptr<const std::string> shared(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

inline void check_rows(Store& store) {
  CHECK(store.commit(Commit().put("zb", "2").put("za", "1").put("zc", "3")));
  CHECK(**store.get("za") == "1");
  CHECK_FALSE(*store.get("zx"));
  CHECK(store.commit(Commit().erase("zb").put("za", "one")));
  std::string seen;
  CHECK(store.scan("z", "{", [&](std::string_view key, std::string_view value) {
    seen += std::string(key) + "=" + std::string(value) + " ";
    return true;
  }));
  CHECK(seen == "za=one zc=3 ");
  const auto many = store.multi_get({"zc", "zb", "za"});
  REQUIRE(many);
  CHECK((*many)[0] == "3");
  CHECK_FALSE((*many)[1]);
  CHECK((*many)[2] == "one");
}

inline void check_derived(Store& store) {
  CHECK(store.read_derived("a", "x", 0, 1, Wait::disk).error().code == Code::not_found);
  CHECK(store.list_derived("a")->empty());
  CHECK(store.put_derived("a", "x", "before"));
  CHECK(store.put_derived("a", "x", "0123456789"));
  CHECK(store.put_derived("a", "y", "other"));
  CHECK(store.read_derived("a", "x", 3, 4, Wait::disk) == "3456");
  CHECK(store.read_derived("a", "x", 8, 4, Wait::disk) == "89");
  CHECK(store.read_derived("a", "x", 20, 4, Wait::disk) == "");
  CHECK(store.list_derived("a") == std::vector<std::string>{"x", "y"});
  CHECK(store.erase_derived("a", "x"));
  CHECK(store.erase_derived("a", "x"));
  CHECK(store.read_derived("a", "x", 0, 1, Wait::disk).error().code == Code::not_found);
  CHECK(store.read_derived("a", "y", 0, 9, Wait::disk) == "other");
}

inline void check_snapshot(Store& store) {
  CHECK(store.commit(Commit().put("zsnap", "old")));
  const auto before = store.snapshot();
  CHECK(store.commit(Commit().put("zsnap", "new").put("zlater", "")));
  CHECK(**before->get("zsnap") == "old");
  CHECK_FALSE(*before->get("zlater"));
  CHECK(**store.get("zsnap") == "new");
}

inline void check_expectations(Store& store) {
  CHECK(store.commit(Commit().expect_absent("ze").put("ze", "1")));
  const auto again = store.commit(Commit().expect_absent("ze").put("ze", "2"));
  REQUIRE_FALSE(again);
  CHECK(again.error().code == Code::conflict);
  CHECK(store.commit(Commit().expect_equals("ze", "1").put("ze", "2")));
  CHECK_FALSE(store.commit(Commit().expect_equals("ze", "1").put("ze", "3")));
  CHECK_FALSE(store.commit(Commit().expect_empty_prefix("ze").put("zf", "")));
  CHECK(store.commit(Commit().expect_empty_prefix("znone").put("zf", "")));
  CHECK(**store.get("ze") == "2");
}

inline void check_blobs(Store& store) {
  const std::string small = "hello, world";
  const auto digest = digest_of(small);
  CHECK(store.read_blob(digest, 0, 100, Wait::disk).error().code == Code::not_found);
  CHECK(store.commit(Commit().add_blob(digest, shared(small))));
  CHECK(store.commit(Commit().add_blob(digest, shared(small))));
  CHECK(*store.read_blob(digest, 0, 100, Wait::disk) == small);
  CHECK(*store.read_blob(digest, 7, 3, Wait::disk) == "wor");
  CHECK(*store.read_blob(digest, 100, 3, Wait::disk) == "");
  std::string large;
  for (int i = 0; large.size() < 300'000; ++i) large += std::to_string(i);
  const auto large_digest = digest_of(large);
  auto writer = store.new_blob();
  REQUIRE(writer);
  for (std::size_t at = 0; at < large.size(); at += 1000)
    CHECK((*writer)->append(std::string_view(large).substr(at, 1000)));
  const auto staged = (*writer)->finish(large_digest);
  REQUIRE(staged);
  CHECK(staged->size == large.size());
  CHECK(store.commit(Commit().add_staged_blob(large_digest, *staged)));
  CHECK(*store.read_blob(large_digest, 0, UINT64_MAX, Wait::disk) == large);
  CHECK(*store.read_blob(large_digest, 65530, 20, Wait::disk) == large.substr(65530, 20));
  CHECK(*store.read_blob(large_digest, large.size() - 5, 100, Wait::disk) == large.substr(large.size() - 5));
  CHECK(store.commit(Commit().erase(blob_key(digest))));
  CHECK_FALSE(store.read_blob(digest, 0, 100, Wait::disk));
}

/// A large body, staged.
inline StagedBlob staged(Store& store, const std::string& bytes) {
  auto writer = store.new_blob();
  REQUIRE(writer);
  REQUIRE((*writer)->append(bytes));
  const auto blob = (*writer)->finish(digest_of(bytes));
  REQUIRE(blob);
  return *blob;
}

/// One body for several recipients, and bodies that go and come back within one group of commits.
inline void check_shared_blobs(Store& store) {
  const std::string small = "for many", large(100'000, 'L');
  const auto s = digest_of(small), l = digest_of(large);
  const auto once = staged(store, large);
  Commit commit;
  for (int i = 0; i < 3; ++i) commit.add_blob(s, shared(small)).add_staged_blob(l, once);
  CHECK(store.commit(std::move(commit)));
  CHECK(store.commit(Commit().add_staged_blob(l, once).put("zagain", "")));
  CHECK(*store.read_blob(l, 0, UINT64_MAX, Wait::disk) == large);
  CHECK(*store.read_blob(s, 0, UINT64_MAX, Wait::disk) == small);
  const auto ok = [](Result<void> outcome) { CHECK(outcome); };
  store.enqueue(Commit().erase(blob_key(s)), ok);
  store.enqueue(Commit().add_blob(s, shared(small)), ok);
  store.enqueue(Commit().put("zlater", ""), ok);
  CHECK(store.commit(Commit()));
  CHECK(*store.read_blob(s, 0, UINT64_MAX, Wait::disk) == small);
  store.enqueue(Commit().erase(blob_key(s)).add_blob(s, shared(small)), ok);
  CHECK(store.commit(Commit()));
  CHECK(*store.read_blob(s, 0, UINT64_MAX, Wait::disk) == small);
}

/// A commit that is refused leaves nothing behind, not for those in its group either.
inline void check_refused_blobs(Store& store) {
  const std::string body = "not adopted", large(100'000, 'R');
  const auto blob = staged(store, large);
  std::string outcomes;
  const auto note = [&](Result<void> r) { outcomes += r ? "ok " : std::string(name_of(r.error().code)) + " "; };
  const std::string too_big(kLargestInlineBlob + 1, 'x');
  store.enqueue(Commit().add_blob(digest_of(body), shared(body)).add_blob(digest_of(too_big), shared(too_big)), note);
  store.enqueue(Commit().add_staged_blob(digest_of(large), blob).add_blob(digest_of(too_big), shared(too_big)), note);
  store.enqueue(Commit().add_blob(digest_of(body), shared(body)), note);
  store.enqueue(Commit().add_staged_blob(digest_of(large), blob), note);
  CHECK(store.commit(Commit()));
  CHECK(outcomes == "too_big too_big ok ok ");
  CHECK(*store.read_blob(digest_of(body), 0, UINT64_MAX, Wait::disk) == body);
  CHECK(*store.read_blob(digest_of(large), 0, UINT64_MAX, Wait::disk) == large);
}

inline void check_epochs(Store& store) {
  const auto epoch = store.epoch();
  std::string outcomes;
  const auto note = [&](Result<void> r) { outcomes += r ? "ok " : std::string(name_of(r.error().code)) + " "; };
  Commit first, bad, stale, fresh, indifferent;
  first.put("zp1", "").epoch = epoch;
  bad.expect_absent("zp1").epoch = epoch;
  stale.put("zp2", "").epoch = epoch;
  indifferent.put("zp3", "");
  store.enqueue(std::move(first), note);
  store.enqueue(std::move(bad), note);
  store.enqueue(std::move(stale), note);
  CHECK(store.commit(std::move(indifferent)));
  CHECK(outcomes == "ok conflict cancelled ");
  CHECK_FALSE(*store.get("zp2"));
  CHECK(store.epoch() > epoch);
  fresh.put("zp4", "").epoch = store.epoch();
  CHECK(store.commit(std::move(fresh)));
}

inline void check_store(Store& store) {
  check_rows(store);
  check_snapshot(store);
  check_derived(store);
  check_expectations(store);
  check_blobs(store);
  check_shared_blobs(store);
  check_refused_blobs(store);
  check_epochs(store);
}

}  // namespace posthorn::store
