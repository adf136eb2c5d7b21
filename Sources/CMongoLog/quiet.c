// libmongoc does two things when it is loaded, before anyone can tell it otherwise, and so in commands
// that never use it.
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

// It writes what it finds amiss to standard error, until it is given a handler. In place of its own
// function of this name, this one does not.
// https://mongoc.org/libmongoc/1.23.1/mongoc_log_default_handler.html
void mongoc_log_default_handler(int level, const char *domain, const char *message, void *data);
void mongoc_log_default_handler(int level, const char *domain, const char *message, void *data) {
  (void)level;
  (void)domain;
  (void)message;
  (void)data;
}

// It keeps counters for the tool mongoc-stat in shared memory, which stays when the process is killed.
// Without a name, it goes with the process. This is called after the library's own constructor.
__attribute__((constructor)) static void forget_counters(void) {
  char name[32];
  snprintf(name, sizeof name, "/mongoc-%u", (unsigned)getpid());
  shm_unlink(name);
}
