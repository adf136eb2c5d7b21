// One of gRPC's interoperability test cases, with C++'s gRPC:
//
//	interop-cpp ADDRESS CASE
//
// When an expectation fails, it tells which and exits with 1. The cases are those of
// https://github.com/grpc/grpc/blob/master/doc/interop-test-descriptions.md, each with a deadline,
// and without what asks whether the server compresses or has seen that a client does.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "grpc/testing/test.grpc.pb.h"

namespace api = grpc::testing;
using namespace std::chrono_literals;
using Duplex = grpc::ClientReaderWriter<api::StreamingOutputCallRequest, api::StreamingOutputCallResponse>;

// What takes longer hangs.
constexpr std::chrono::seconds kPatience = 30s;
constexpr int kLargeRequestSize = 271828, kLargeResponseSize = 314159;
const std::vector<int> kRequestSizes = {27182, 8, 1828, 45904};
const std::vector<int> kResponseSizes = {31415, 9, 2653, 58979};

struct Service {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<api::TestService::Stub> stub;
};

struct Call : grpc::ClientContext {
  explicit Call(std::chrono::milliseconds time = kPatience) {
    set_deadline(std::chrono::system_clock::now() + time);
  }
};

// Throws a sentence unless the two, which are described by what, are equal.
template <typename Found, typename Expected>
void Expect(const std::string& what, const Found& found, const Expected& expected) {
  if (found == expected) return;
  std::ostringstream sentence;
  sentence << std::boolalpha << what << ": " << found << ", expected: " << expected;
  throw std::runtime_error(sentence.str());
}

void ExpectStatus(const grpc::Status& status, grpc::StatusCode code) {
  Expect("code of \"" + status.error_message() + "\"", status.error_code(), code);
}

void ExpectZeros(const api::Payload& payload, int size) {
  Expect("size of a payload", payload.body().size(), static_cast<size_t>(size));
  Expect("whether a payload is of zeros", payload.body() == std::string(size, '\0'), true);
}

// Expects the end of the stream, without another response.
void ExpectEnd(Duplex& stream) {
  api::StreamingOutputCallResponse response;
  Expect("whether there is another response", stream.Read(&response), false);
  ExpectStatus(stream.Finish(), grpc::StatusCode::OK);
}

void SetZeros(api::Payload* payload, int size) { payload->set_body(std::string(size, '\0')); }

void EmptyUnary(Service& service) {
  Call call;
  api::Empty response;
  ExpectStatus(service.stub->EmptyCall(&call, api::Empty(), &response), grpc::StatusCode::OK);
}

void CallLarge(Service& service, Call& call) {
  api::SimpleRequest request;
  request.set_response_size(kLargeResponseSize);
  SetZeros(request.mutable_payload(), kLargeRequestSize);
  api::SimpleResponse response;
  ExpectStatus(service.stub->UnaryCall(&call, request, &response), grpc::StatusCode::OK);
  ExpectZeros(response.payload(), kLargeResponseSize);
}

void LargeUnary(Service& service) {
  Call call;
  CallLarge(service, call);
}

void ClientCompressedUnary(Service& service) {
  Call compressed;
  compressed.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  CallLarge(service, compressed);
  LargeUnary(service);
}

// Beyond the description: a client tells the time that is left in a unit in which it has few digits.
void UnaryWithDeadline(Service& service) {
  constexpr std::chrono::seconds hour = 1h, day = 24h;
  for (const std::chrono::seconds length : {kPatience, hour, 30 * day, 10 * 365 * day}) {
    Call call(length);
    CallLarge(service, call);
  }
}

void ExpectUnimplemented(Service& service, const std::string& method) {
  grpc::TemplatedGenericStub<api::Empty, api::Empty> stub(service.channel);
  Call call;
  api::Empty request, response;
  std::promise<grpc::Status> end;
  stub.UnaryCall(&call, method, grpc::StubOptions(), &request, &response,
                 [&](grpc::Status status) { end.set_value(status); });
  ExpectStatus(end.get_future().get(), grpc::StatusCode::UNIMPLEMENTED);
}

void UnimplementedMethod(Service& service) {
  ExpectUnimplemented(service, "/grpc.testing.TestService/UnimplementedCall");
}

void UnimplementedService(Service& service) {
  ExpectUnimplemented(service, "/grpc.testing.UnimplementedService/UnimplementedCall");
}

void ClientStreaming(Service& service) {
  Call call;
  api::StreamingInputCallResponse response;
  auto stream = service.stub->StreamingInputCall(&call, &response);
  for (const int size : kRequestSizes) {
    api::StreamingInputCallRequest request;
    SetZeros(request.mutable_payload(), size);
    Expect("whether a request was sent", stream->Write(request), true);
  }
  stream->WritesDone();
  ExpectStatus(stream->Finish(), grpc::StatusCode::OK);
  Expect("size of all requests", response.aggregated_payload_size(), 74922);
}

void ClientCompressedStreaming(Service& service) {
  Call call;
  call.set_compression_algorithm(GRPC_COMPRESS_GZIP);
  api::StreamingInputCallResponse response;
  auto stream = service.stub->StreamingInputCall(&call, &response);
  api::StreamingInputCallRequest request;
  SetZeros(request.mutable_payload(), 27182);
  Expect("whether a request was sent", stream->Write(request), true);
  SetZeros(request.mutable_payload(), 45904);
  const auto uncompressed = grpc::WriteOptions().set_no_compression();
  Expect("whether a request was sent", stream->Write(request, uncompressed), true);
  stream->WritesDone();
  ExpectStatus(stream->Finish(), grpc::StatusCode::OK);
  Expect("size of all requests", response.aggregated_payload_size(), 73086);
}

void ServerStreaming(Service& service) {
  api::StreamingOutputCallRequest request;
  for (const int size : kResponseSizes) request.add_response_parameters()->set_size(size);
  Call call;
  auto stream = service.stub->StreamingOutputCall(&call, request);
  api::StreamingOutputCallResponse response;
  for (const int size : kResponseSizes) {
    Expect("whether there is a response", stream->Read(&response), true);
    ExpectZeros(response.payload(), size);
  }
  Expect("whether there is another response", stream->Read(&response), false);
  ExpectStatus(stream->Finish(), grpc::StatusCode::OK);
}

// Sends a request, and receives the response that it asks for.
void Exchange(Duplex& stream, int request_size, int response_size) {
  api::StreamingOutputCallRequest request;
  request.add_response_parameters()->set_size(response_size);
  SetZeros(request.mutable_payload(), request_size);
  Expect("whether a request was sent", stream.Write(request), true);
  api::StreamingOutputCallResponse response;
  Expect("whether there is a response", stream.Read(&response), true);
  ExpectZeros(response.payload(), response_size);
}

void PingPong(Service& service) {
  Call call;
  auto stream = service.stub->FullDuplexCall(&call);
  for (size_t index = 0; index < kRequestSizes.size(); ++index) {
    Exchange(*stream, kRequestSizes[index], kResponseSizes[index]);
  }
  stream->WritesDone();
  ExpectEnd(*stream);
}

void EmptyStream(Service& service) {
  Call call;
  auto stream = service.stub->FullDuplexCall(&call);
  stream->WritesDone();
  ExpectEnd(*stream);
}

void CancelAfterBegin(Service& service) {
  Call call;
  api::StreamingInputCallResponse response;
  auto stream = service.stub->StreamingInputCall(&call, &response);
  call.TryCancel();
  ExpectStatus(stream->Finish(), grpc::StatusCode::CANCELLED);
}

void CancelAfterFirstResponse(Service& service) {
  Call call;
  auto stream = service.stub->FullDuplexCall(&call);
  Exchange(*stream, 27182, 31415);
  call.TryCancel();
  ExpectStatus(stream->Finish(), grpc::StatusCode::CANCELLED);
}

void TimeoutOnSleepingServer(Service& service) {
  Call call(1ms);
  auto stream = service.stub->FullDuplexCall(&call);
  api::StreamingOutputCallRequest request;
  SetZeros(request.mutable_payload(), 27182);
  // The time may be over before the request is sent.
  stream->Write(request);
  ExpectStatus(stream->Finish(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

const std::string kInitialKey = "x-grpc-test-echo-initial", kTrailingKey = "x-grpc-test-echo-trailing-bin";

void AddMetadata(Call& call) {
  call.AddMetadata(kInitialKey, "test_initial_metadata_value");
  call.AddMetadata(kTrailingKey, "\x0a\x0b\x0a\x0b\x0a\x0b");
}

void ExpectValue(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata, const std::string& key,
                 const std::string& value) {
  Expect("number of values of " + key, metadata.count(key), 1u);
  Expect("value of " + key, metadata.find(key)->second, grpc::string_ref(value));
}

// Expects that the metadata has come back with a call that has ended.
void ExpectMetadata(const Call& call) {
  ExpectValue(call.GetServerInitialMetadata(), kInitialKey, "test_initial_metadata_value");
  ExpectValue(call.GetServerTrailingMetadata(), kTrailingKey, "\x0a\x0b\x0a\x0b\x0a\x0b");
}

void CustomMetadata(Service& service) {
  Call unary;
  AddMetadata(unary);
  CallLarge(service, unary);
  ExpectMetadata(unary);

  Call duplex;
  AddMetadata(duplex);
  auto stream = service.stub->FullDuplexCall(&duplex);
  Exchange(*stream, 27182, 31415);
  stream->WritesDone();
  ExpectEnd(*stream);
  ExpectMetadata(duplex);
}

// Expects a status with this message from both kinds of calls that can ask for one.
void ExpectStatusBack(Service& service, const std::string& message) {
  api::EchoStatus asked;
  asked.set_code(grpc::StatusCode::UNKNOWN);
  asked.set_message(message);

  api::SimpleRequest unary_request;
  *unary_request.mutable_response_status() = asked;
  Call unary;
  api::SimpleResponse response;
  const auto status = service.stub->UnaryCall(&unary, unary_request, &response);
  ExpectStatus(status, grpc::StatusCode::UNKNOWN);
  Expect("message", status.error_message(), message);

  api::StreamingOutputCallRequest duplex_request;
  *duplex_request.mutable_response_status() = asked;
  Call duplex;
  auto stream = service.stub->FullDuplexCall(&duplex);
  Expect("whether a request was sent", stream->Write(duplex_request), true);
  stream->WritesDone();
  const auto end = stream->Finish();
  ExpectStatus(end, grpc::StatusCode::UNKNOWN);
  Expect("message", end.error_message(), message);
}

void StatusCodeAndMessage(Service& service) { ExpectStatusBack(service, "test status message"); }

void SpecialStatusMessage(Service& service) {
  ExpectStatusBack(service, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n");
}

const std::map<std::string, void (*)(Service&)> kCases = {
    {"empty_unary", EmptyUnary},
    {"large_unary", LargeUnary},
    {"client_compressed_unary", ClientCompressedUnary},
    {"client_streaming", ClientStreaming},
    {"client_compressed_streaming", ClientCompressedStreaming},
    {"server_streaming", ServerStreaming},
    {"ping_pong", PingPong},
    {"empty_stream", EmptyStream},
    {"custom_metadata", CustomMetadata},
    {"status_code_and_message", StatusCodeAndMessage},
    {"special_status_message", SpecialStatusMessage},
    {"unimplemented_method", UnimplementedMethod},
    {"unimplemented_service", UnimplementedService},
    {"cancel_after_begin", CancelAfterBegin},
    {"cancel_after_first_response", CancelAfterFirstResponse},
    {"timeout_on_sleeping_server", TimeoutOnSleepingServer},
    {"unary_with_deadline", UnaryWithDeadline},
};

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: interop-cpp ADDRESS CASE\n";
    return 1;
  }
  const auto found = kCases.find(argv[2]);
  if (found == kCases.end()) {
    std::cerr << "there is no case \"" << argv[2] << "\"\n";
    return 1;
  }
  auto channel = grpc::CreateChannel(argv[1], grpc::InsecureChannelCredentials());
  Service service{channel, api::TestService::NewStub(channel)};
  try {
    // A call that soon ends can then reach the server before that.
    const auto end = std::chrono::system_clock::now() + kPatience;
    Expect("whether there is a connection", channel->WaitForConnected(end), true);
    found->second(service);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << "\n";
    return 1;
  }
  return 0;
}
