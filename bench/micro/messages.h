// Messages of the shapes that mail has, made of the same letters every time.
#pragma once

#include <string>
#include <string_view>

namespace posthorn::bench {

/// Lines of words, about `size` bytes.
inline std::string text(std::size_t size) {
  std::string out;
  for (unsigned random = 12345; out.size() < size;) {
    const std::size_t line = out.size();
    while (out.size() - line < 70) {
      random = random * 1103515245 + 12345;
      for (unsigned letters = 2 + (random >> 16) % 8; letters > 0; --letters) {
        random = random * 1103515245 + 12345;
        out += static_cast<char>('a' + (random >> 16) % 26);
      }
      out += ' ';
    }
    out += "\r\n";
  }
  return out;
}

/// Lines of base64, about `size` bytes.
inline std::string attachment(std::size_t size) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (unsigned random = 54321; out.size() < size; out += "\r\n")
    for (int i = 0; i < 76; ++i) {
      random = random * 1103515245 + 12345;
      out += kAlphabet[(random >> 16) % 64];
    }
  return out;
}

/// The fields that a message has when it has come over two servers, from a list.
inline std::string head(std::string_view type) {
  std::string out =
      "Return-Path: <bounces+1234@lists.example.org>\r\n"
      "Received: from mx1.example.org (mx1.example.org [192.0.2.17])\r\n"
      "\tby in1.bench.test with ESMTPS id 0123456789\r\n\tfor <u1@bench.test>; Mon, 01 Jan 2024 00:00:03 +0000\r\n"
      "Received: from out.example.net (out.example.net [198.51.100.4])\r\n"
      "\tby mx1.example.org with ESMTPS id 9876543210; Mon, 01 Jan 2024 00:00:02 +0000\r\n"
      "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=sel; h=from:to:subject:date;\r\n"
      "\tbh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n\tb=" +
      std::string(340, 'b') +
      "\r\nFrom: =?UTF-8?B?U8O4cmVuIEplbnNlbg==?= <soren@example.org>\r\n"
      "To: \"Anna O'Neill\" <u1@bench.test>,\r\n\tBen Weber <ben@example.net>\r\nCc: list@lists.example.org\r\n"
      "Subject: Re: [list] =?UTF-8?Q?Gr=C3=BC=C3=9Fe?= and the order of last week\r\n"
      "Date: Mon, 01 Jan 2024 00:00:00 +0000\r\nMessage-ID: <m7.abcdef0123456789@example.org>\r\n"
      "In-Reply-To: <m6.abcdef@example.net>\r\nReferences: <m1.abcdef@example.org>\r\n <m6.abcdef@example.net>\r\n"
      "List-Id: <list.lists.example.org>\r\nPrecedence: list\r\nUser-Agent: Bench/1.0\r\nMIME-Version: 1.0\r\n";
  return out.append(type).append("\r\n\r\n");
}

inline std::string plain_message(std::size_t size) {
  return head("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit") + text(size);
}

inline std::string alternative_message(std::size_t size) {
  return head("Content-Type: multipart/alternative; boundary=\"=_part_1\"") +
         "--=_part_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text(size / 3) +
         "\r\n--=_part_1\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>" + text(size * 2 / 3) +
         "</p></body></html>\r\n--=_part_1--\r\n";
}

inline std::string message_with_attachment(std::size_t size) {
  return head("Content-Type: multipart/mixed; boundary=\"=_part_1\"") +
         "--=_part_1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + text(2000) +
         "\r\n--=_part_1\r\nContent-Type: application/pdf; name=\"report.pdf\"\r\n"
         "Content-Disposition: attachment; filename=\"report.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         attachment(size) + "\r\n--=_part_1--\r\n";
}

}  // namespace posthorn::bench
