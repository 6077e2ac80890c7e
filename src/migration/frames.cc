#include "migration/frames.h"

#include "mailstore/row_fields.h"

namespace posthorn::migration {
namespace {

using mailstore::FlagNames;
using mailstore::get_id;
using mailstore::put_id;
using mailstore::SpecialUse;

/// Names every field of a struct once, for the writing and for the reading half.
class Writer {
 public:
  void operator()(const std::string& s) { put_string(out, s); }
  void operator()(bool b) { put_u8(out, b); }
  void operator()(std::uint32_t n) { put_varint(out, n); }
  void operator()(std::uint64_t n) { put_varint(out, n); }
  void operator()(SpecialUse use) { put_u8(out, static_cast<std::uint8_t>(use)); }
  void operator()(WallTime t) { mailstore::put_time(out, t); }
  template <class Tag, class Rep>
  void operator()(StrongNumber<Tag, Rep> id) {
    put_id(out, id);
  }
  template <class T>
  void operator()(const std::vector<T>& all) {
    put_varint(out, all.size());
    for (const auto& one : all) (*this)(one);
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(const T& value) {
    fields(value, *this);
  }
  std::string out;
};

class Reader {
 public:
  explicit Reader(std::string_view payload) : in(payload) {}
  void operator()(std::string& s) { s = in.string(); }
  void operator()(bool& b) { b = in.u8() != 0; }
  void operator()(std::uint32_t& n) { n = static_cast<std::uint32_t>(in.varint()); }
  void operator()(std::uint64_t& n) { n = in.varint(); }
  void operator()(SpecialUse& use) {
    const auto n = in.u8();
    if (n > static_cast<std::uint8_t>(SpecialUse::trash)) in.set_failed();
    use = in.ok() ? static_cast<SpecialUse>(n) : SpecialUse::none;
  }
  void operator()(WallTime& t) { t = mailstore::get_time(in); }
  template <class Tag, class Rep>
  void operator()(StrongNumber<Tag, Rep>& id) {
    id = get_id<StrongNumber<Tag, Rep>>(in);
  }
  template <class T>
  void operator()(std::vector<T>& all) {
    for (auto n = in.varint(); n > 0 && in.ok(); --n) (*this)(all.emplace_back());
  }
  template <class T>
    requires std::is_class_v<T>
  void operator()(T& value) {
    fields(value, *this);
  }
  ByteReader in;
};

template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, FlagNames>
void fields(T& v, Each& each) {
  std::uint32_t system = v.system;
  each(system);
  if constexpr (!std::is_const_v<T>) v.system = static_cast<std::uint8_t>(system & 0x1f);
  each(v.keywords);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, MailboxAsked>
void fields(T& v, Each& each) {
  each(v.source), each(v.name), each(v.special_use), each(v.uid_validity), each(v.is_subscribed);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, MailboxOpened>
void fields(T& v, Each& each) {
  each(v.name), each(v.uid_validity), each(v.keeps_uids), each(v.has_marks), each(v.text);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, MessageTold>
void fields(T& v, Each& each) {
  each(v.key), each(v.uid), each(v.flags), each(v.received), each(v.pop3_unique_id);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, Refusal>
void fields(T& v, Each& each) {
  each(v.key), each(v.why);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, Committed>
void fields(T& v, Each& each) {
  each(v.added), each(v.changed), each(v.dropped_keywords), each(v.without_uids), each(v.refused);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, MailboxFinished>
void fields(T& v, Each& each) {
  each(v.uid_next), each(v.taken), each(v.text);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, MailboxListed>
void fields(T& v, Each& each) {
  each(v.id), each(v.name), each(v.uid_validity), each(v.uid_next), each(v.special_use), each(v.messages),
      each(v.bytes);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, Listed>
void fields(T& v, Each& each) {
  each(v.mailboxes), each(v.subscriptions);
}
template <class T, class Each>
  requires std::is_same_v<std::remove_const_t<T>, RowTold>
void fields(T& v, Each& each) {
  each(v.uid), each(v.flags), each(v.received), each(v.size), each(v.pop3_unique_id);
}

template <class T>
std::string written(const T& value) {
  Writer writer;
  fields(value, writer);
  return std::move(writer.out);
}

}  // namespace

std::string encode(const MailboxAsked& asked) { return written(asked); }
std::string encode(const MailboxOpened& opened) { return written(opened); }
std::string encode(const MessageTold& told) { return written(told); }
std::string encode(const Committed& committed) { return written(committed); }
std::string encode(const MailboxFinished& finished) { return written(finished); }
std::string encode(const Listed& listed) { return written(listed); }
std::string encode(const RowTold& row) { return written(row); }
std::string encode(Uid uid) {
  Writer writer;
  writer(uid);
  return std::move(writer.out);
}

template <class T>
Result<T> decode(std::string_view payload) {
  T value;
  Reader reader(payload);
  reader(value);
  if (!reader.in.ok() || !reader.in.at_end()) return fail(Code::invalid, "a frame does not follow its format");
  return value;
}

template Result<MailboxAsked> decode(std::string_view);
template Result<MailboxOpened> decode(std::string_view);
template Result<MessageTold> decode(std::string_view);
template Result<Committed> decode(std::string_view);
template Result<MailboxFinished> decode(std::string_view);
template Result<Listed> decode(std::string_view);
template Result<RowTold> decode(std::string_view);
template Result<Uid> decode(std::string_view);

}  // namespace posthorn::migration
