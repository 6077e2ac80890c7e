#include "mta/trace.h"

#include "message/date_time.h"

namespace posthorn::mta {
namespace {

/// TCP-info of RFC 5321 4.4: "[192.0.2.1]", "[IPv6:2001:db8::1]".
std::string address_literal(const net::IpAddress& ip) { return (ip.is_v4() ? "[" : "[IPv6:") + ip.text() + "]"; }

}  // namespace

std::string trace_fields(const smtp::SessionInfo& session, const Trace& trace) {
  std::string out = "Return-Path: " + trace.reverse_path.text() + "\r\n";
  const std::string hello = session.hello.empty() ? "unknown" : session.hello;
  out += "Received: from " + hello;
  if (session.user.empty()) out += " (" + address_literal(session.peer.ip) + ")";
  out += "\r\n\tby " + trace.hostname + " (Posthorn) with " + std::string(session.protocol()) + " id " + trace.id;
  if (session.tls != nullptr) out += "\r\n\t(" + session.tls->protocol + " " + session.tls->cipher + ")";
  if (!trace.recipient.empty()) out += "\r\n\tfor <" + trace.recipient + ">";
  out += "; " + message::print_date({.seconds = to_seconds(trace.time), .zone_minutes = 0}) + "\r\n";
  return out;
}

}  // namespace posthorn::mta
