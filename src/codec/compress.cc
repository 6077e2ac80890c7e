#include "codec/compress.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace posthorn::codec {
namespace {

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

template <class Context>
Context* existing(Context* context) {
  if (context == nullptr) throw std::bad_alloc();
  return context;
}

}  // namespace

std::string zstd_compress(std::string_view bytes, int level) {
  thread_local std::unique_ptr<ZSTD_CCtx, Free> context;
  if (!context) context.reset(existing(ZSTD_createCCtx()));
  std::string out(ZSTD_compressBound(bytes.size()), '\0');
  const auto n = ZSTD_compressCCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size(), level);
  if (ZSTD_isError(n) != 0) throw std::bad_alloc();  // into a buffer of the bound's size nothing else can fail
  out.resize(n);
  return out;
}

Result<std::string> zstd_decompress(std::string_view bytes, std::size_t limit) {
  thread_local std::unique_ptr<ZSTD_DCtx, Free> context;
  if (!context) context.reset(existing(ZSTD_createDCtx()));
  const auto size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN)
    return fail(Code::damaged, "compressed bytes have no frame header");
  if (size > limit) return fail(Code::too_big, "the content is larger than allowed");
  if (ZSTD_findFrameCompressedSize(bytes.data(), bytes.size()) != bytes.size())
    return fail(Code::damaged, "compressed bytes are not one whole frame");
  std::string out(size, '\0');
  const auto n = ZSTD_decompressDCtx(context.get(), out.data(), out.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(n) != 0 || n != size) return fail(Code::damaged, "compressed bytes are damaged");
  return out;
}

}  // namespace posthorn::codec
