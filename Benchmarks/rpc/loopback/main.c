// The limit: one thread writes frames as large as those of a streamed token to a socket, 64 KiB a
// write, and another reads them, 64 KiB a read, and walks from frame to frame.
//
//	loopback FRAMES
//
// Prints how many frames there were in which time.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { kBlock = 64 * 1024, kHeader = 10, kData = 30 };

static void Check(int isFine, const char* what) {
  if (isFine) return;
  perror(what);
  exit(1);
}

struct Writer {
  int socket;
  long frames;
};

static void* Write(void* argument) {
  struct Writer* writer = argument;
  static uint8_t block[kBlock];
  size_t perBlock = kBlock / (kHeader + kData);
  for (size_t index = 0; index < perBlock; ++index) {
    uint8_t* frame = block + index * (kHeader + kData);
    uint32_t length = htonl(kData);
    memcpy(frame, &length, 4);
    frame[8] = 3;
  }
  for (long left = writer->frames; left > 0;) {
    long count = left < (long)perBlock ? left : (long)perBlock;
    size_t size = (size_t)count * (kHeader + kData);
    for (size_t sent = 0; sent < size;) {
      ssize_t result = write(writer->socket, block + sent, size - sent);
      Check(result > 0, "write");
      sent += (size_t)result;
    }
    left -= count;
  }
  return NULL;
}

int main(int argc, char** argv) {
  Check(argc == 2, "usage: loopback FRAMES");
  int listener = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t size = sizeof address;
  Check(bind(listener, (struct sockaddr*)&address, size) == 0, "bind");
  Check(listen(listener, 1) == 0, "listen");
  Check(getsockname(listener, (struct sockaddr*)&address, &size) == 0, "getsockname");
  int client = socket(AF_INET, SOCK_STREAM, 0);
  Check(connect(client, (struct sockaddr*)&address, size) == 0, "connect");
  struct Writer writer = {.socket = accept(listener, NULL, NULL), .frames = atol(argv[1])};

  struct timespec begin, end;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  pthread_t thread;
  Check(pthread_create(&thread, NULL, Write, &writer) == 0, "pthread_create");
  static uint8_t buffer[2 * kBlock];
  size_t filled = 0;
  for (long read_ = 0; read_ < writer.frames;) {
    ssize_t result = read(client, buffer + filled, kBlock);
    Check(result > 0, "read");
    filled += (size_t)result;
    size_t offset = 0;
    while (filled - offset >= kHeader) {
      uint32_t length;
      memcpy(&length, buffer + offset, 4);
      length = ntohl(length);
      if (filled - offset < kHeader + length) break;
      offset += kHeader + length;
      ++read_;
    }
    memmove(buffer, buffer + offset, filled - offset);
    filled -= offset;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  pthread_join(thread, NULL);
  double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
  printf("{\"tokens\": %ld, \"messages\": %ld, \"seconds\": %f}\n", writer.frames, writer.frames, seconds);
}
