// The Tokenwire service in C++ gRPC, by its callback API, and the load on it.
//
//	cpp-grpc serve [PACE]
//	cpp-grpc load ADDRESS unary|stream|arrivals CALLERS COUNT CONNECTIONS [INTERVAL]
//
// See ../README.md for what they do and print.
#include <grpcpp/alarm.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tokenwire/v1/tokenwire.grpc.pb.h"

namespace api = tokenwire::v1;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

class Text : public grpc::ServerWriteReactor<api::GenerateResponse> {
 public:
  Text(int count, microseconds pace) : count_(count), pace_(pace), next_(std::chrono::system_clock::now()) {
    auto* started = response_.mutable_started();
    started->set_generation_id("0123456789abcdef");
    started->set_model("scripted");
    started->set_prompt_tokens(2);
    StartWrite(&response_);
  }

  void OnWriteDone(bool ok) override {
    if (!ok || index_ > count_) {
      Finish(grpc::Status::OK);
    } else if (++index_ > count_) {
      response_.Clear();
      response_.set_seq(index_);
      auto* finished = response_.mutable_finished();
      finished->set_finish_reason(api::FINISH_REASON_LENGTH);
      finished->mutable_usage()->set_prompt_tokens(2);
      finished->mutable_usage()->set_completion_tokens(count_);
      StartWrite(&response_);
    } else if (pace_.count() > 0) {
      next_ += pace_;
      alarm_.Set(next_, [this](bool) { WriteDelta(); });
    } else {
      WriteDelta();
    }
  }

  void OnDone() override { delete this; }

 private:
  void WriteDelta() {
    response_.Clear();
    response_.set_seq(index_);
    response_.set_completion_tokens(index_);
    auto* delta = response_.mutable_delta();
    delta->set_text(" quick");
    delta->add_token_ids(index_ % 9);
    StartWrite(&response_);
  }

  const int count_;
  const microseconds pace_;
  std::chrono::system_clock::time_point next_;
  grpc::Alarm alarm_;
  int index_ = 0;
  api::GenerateResponse response_;
};

class Service : public api::Tokenwire::CallbackService {
 public:
  explicit Service(microseconds pace) : pace_(pace) {}

  grpc::ServerUnaryReactor* CountTokens(grpc::CallbackServerContext* context, const api::CountTokensRequest*,
                                        api::CountTokensResponse* response) override {
    response->set_tokens(2);
    auto* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::ServerWriteReactor<api::GenerateResponse>* Generate(grpc::CallbackServerContext*,
                                                            const api::GenerateRequest* request) override {
    return new Text(request->max_tokens(), pace_);
  }

 private:
  const microseconds pace_;
};

void Serve(microseconds pace) {
  Service service(pace);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  auto server = builder.BuildAndStart();
  std::printf("listening on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
  server->Wait();
}

struct Outcome {
  std::mutex lock;
  std::condition_variable ended;
  int running = 0;
  long tokens = 0, messages = 0;
  std::vector<double> latencies;

  void End(long received, long received_tokens, const std::vector<double>& own) {
    std::lock_guard guard(lock);
    tokens += received_tokens;
    messages += received;
    latencies.insert(latencies.end(), own.begin(), own.end());
    if (--running == 0) ended.notify_all();
  }
};

void Check(const grpc::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.error_message().c_str());
  std::exit(1);
}

double MicrosecondsSince(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

class Reader : public grpc::ClientReadReactor<api::GenerateResponse> {
 public:
  Reader(api::Tokenwire::Stub* stub, int count, Clock::time_point scheduled, Outcome* outcome)
      : scheduled_(scheduled), outcome_(outcome) {
    request_.set_prompt("a b");
    request_.set_max_tokens(count);
    stub->async()->Generate(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (response_.has_delta()) {
      if (received_++ == 0) own_.push_back(MicrosecondsSince(scheduled_));
      tokens_ += response_.delta().token_ids_size();
    }
    StartRead(&response_);
  }

  void OnDone(const grpc::Status& status) override {
    Check(status);
    outcome_->End(received_, tokens_, own_);
    delete this;
  }

 private:
  const Clock::time_point scheduled_;
  Outcome* outcome_;
  grpc::ClientContext context_;
  api::GenerateRequest request_;
  api::GenerateResponse response_;
  long received_ = 0, tokens_ = 0;
  std::vector<double> own_;
};

class Counter {
 public:
  Counter(api::Tokenwire::Stub* stub, int count, Outcome* outcome) : stub_(stub), count_(count), outcome_(outcome) {
    request_.set_prompt("a b");
    Call();
  }

 private:
  void Call() {
    context_ = std::make_unique<grpc::ClientContext>();
    start_ = Clock::now();
    stub_->async()->CountTokens(context_.get(), &request_, &response_, [this](grpc::Status status) {
      Check(status);
      own_.push_back(MicrosecondsSince(start_));
      if (static_cast<int>(own_.size()) < count_) return Call();
      outcome_->End(count_, count_, own_);
      delete this;
    });
  }

  api::Tokenwire::Stub* stub_;
  const int count_;
  Outcome* outcome_;
  std::unique_ptr<grpc::ClientContext> context_;
  api::CountTokensRequest request_;
  api::CountTokensResponse response_;
  Clock::time_point start_;
  std::vector<double> own_;
};

void Load(int argc, char** argv) {
  const std::string mode = argv[1];
  const int callers = std::atoi(argv[2]), count = std::atoi(argv[3]), connections = std::atoi(argv[4]);
  const microseconds interval(mode == "arrivals" && argc > 5 ? std::atoi(argv[5]) : 0);
  std::vector<std::unique_ptr<api::Tokenwire::Stub>> stubs;
  for (int index = 0; index < connections; ++index) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    auto channel = grpc::CreateCustomChannel(argv[0], grpc::InsecureChannelCredentials(), arguments);
    channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10));
    stubs.push_back(api::Tokenwire::NewStub(channel));
  }
  Outcome outcome;
  outcome.running = callers;
  const auto begin = Clock::now();
  for (int index = 0; index < callers; ++index) {
    auto scheduled = begin + index * interval;
    if (interval.count() > 0) {
      std::this_thread::sleep_until(scheduled);
    } else {
      scheduled = Clock::now();
    }
    auto* stub = stubs[index % connections].get();
    if (mode == "unary") {
      new Counter(stub, count, &outcome);
    } else {
      new Reader(stub, count, scheduled, &outcome);
    }
  }
  {
    std::unique_lock guard(outcome.lock);
    outcome.ended.wait(guard, [&] { return outcome.running == 0; });
  }
  const double seconds = MicrosecondsSince(begin) / 1e6;
  auto& latencies = outcome.latencies;
  std::sort(latencies.begin(), latencies.end());
  auto at = [&](double share) { return latencies[static_cast<size_t>(share * (latencies.size() - 1))]; };
  std::printf("{\"tokens\": %ld, \"messages\": %ld, \"seconds\": %f, \"p50_us\": %.1f, \"p99_us\": %.1f}\n",
              outcome.tokens, outcome.messages, seconds, at(0.5), at(0.99));
}

int main(int argc, char** argv) {
  if (std::string(argv[1]) == "serve") {
    Serve(microseconds(argc > 2 ? std::atoi(argv[2]) : 0));
  } else {
    Load(argc - 2, argv + 2);
  }
}
