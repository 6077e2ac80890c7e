// What a backup and the server say to each other (migration/channel.h). Both sides are of one program and one version:
// the format is nobody else's, but it is read as carefully as if it were. Numbers are varints unless a width is named.
//
//   info    -> informed                            the snapshot is taken with the first of these
//   tables  -> row*, end                           rows of the directory, and numbers given out
//   list    -> listed*, end                        accounts
//   account -> same | news head block* , row*, end | broken
//   emails  -> email*, end                         of an account, from one on; a page
//   body    -> bytes*, end | broken
// Instead of any answer: error, the last frame. What is longer than a frame comes in `more` frames before the last one
// of its kind.
#pragma once

#include <string>
#include <string_view>

#include "migration/channel.h"

namespace posthorn::backup {

namespace kind {
inline constexpr char kInfo = 'I', kInformed = 'i', kTables = 'T', kRow = 'r', kList = 'L', kListed = 'l',
                      kAccount = 'G', kSame = 's', kNews = 'n', kHead = 'h', kBlock = 'p', kEmails = 'M', kEmail = 'e',
                      kBody = 'B', kBytes = 'b', kEnd = 'E', kBroken = 'X', kMore = '+', kError = '!';
}  // namespace kind

/// A page of emails ends behind the first with which it is so long.
inline constexpr std::size_t kEmailPage = 1 << 20;
inline constexpr std::size_t kMostEmailsAPage = 2000;

/// Of any length.
Result<void> send(migration::Channel& channel, char kind, std::string_view payload = {});
/// As it was sent. Errors: the channel's; the other side's, where it says kError.
Result<migration::Frame> receive(migration::Channel& channel);

}  // namespace posthorn::backup
