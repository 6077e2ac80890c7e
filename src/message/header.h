// The fields of a header section, as places in its raw bytes. RFC 5322 2.2; total on any bytes, CRLF or bare LF.
//
// Views look into the bytes given; nothing is allocated.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace posthorn::message {

/// One field. A line that is no field (no colon, or not a name before it) has an empty name and is all value.
struct Field {
  std::string_view name;   ///< as written, without the colon
  std::string_view value;  ///< after the colon, folded as it is, without the line break at its end
  std::size_t offset = 0;  ///< of the field from the start of the header section
  std::size_t size = 0;    ///< of the field with all its line breaks
};

/// Iterates over fields up to the blank line or the end, and finds them by name.
class Headers {
 public:
  explicit Headers(std::string_view raw) : raw_(raw) {}

  class Iterator {
   public:
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    Iterator() = default;
    explicit Iterator(std::string_view raw) : raw_(raw) { read(); }
    const Field& operator*() const { return field_; }
    const Field* operator->() const { return &field_; }
    Iterator& operator++() {
      read();
      return *this;
    }
    void operator++(int) { read(); }
    friend bool operator==(const Iterator& i, std::default_sentinel_t) { return i.ended_; }

   private:
    void read();

    std::string_view raw_;
    std::size_t next_ = 0;
    Field field_;
    bool ended_ = true;
  };
  Iterator begin() const { return Iterator(raw_); }
  std::default_sentinel_t end() const { return {}; }

  /// The first field of that name, ignoring case.
  std::optional<Field> find(std::string_view name) const;

 private:
  std::string_view raw_;
};

/// A value on one line: line breaks dropped, a tab after one made a space, white space trimmed at both ends.
/// RFC 5322 2.2.3.
std::string unfold(std::string_view value);

enum class Fields { of_names, not_of_names };

/// The bytes of HEADER.FIELDS or HEADER.FIELDS.NOT of a raw header section: the chosen fields as they are, in their
/// order, and the blank line. RFC 9051 6.4.5.1. Lines that are no field belong to HEADER.FIELDS.NOT.
std::string select_header_fields(std::string_view raw, const std::vector<std::string>& names, Fields which);

}  // namespace posthorn::message
