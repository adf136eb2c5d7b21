// The limit: libllama in a loop, with no server, no client and no scheduling. All texts begin and end
// together; the likeliest token is taken, and nothing is done with it.
//
//	raw-loop MODEL THREADS CONTEXT CALLERS TEXTS TOKENS < PROMPTS
//
// Each caller has TEXTS texts of TOKENS tokens, one after the other; standard input has a prompt a line
// for each. Prints what load prints, and the tokens of the longest prompt.
#include <llama.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { kLongestPrompt = 64 * 1024 };

static void Check(int isFine, const char* what) {
  if (isFine) return;
  fprintf(stderr, "raw-loop: %s\n", what);
  exit(1);
}

static double Milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void Ignore(enum ggml_log_level level, const char* text, void* context) {
  (void)level, (void)text, (void)context;
}

static void Add(struct llama_batch* batch, llama_token token, int position, int sequence, int isLast) {
  int index = batch->n_tokens++;
  batch->token[index] = token;
  batch->pos[index] = position;
  batch->n_seq_id[index] = 1;
  batch->seq_id[index][0] = sequence;
  batch->logits[index] = (int8_t)isLast;
}

static llama_token Likeliest(const float* logits, int count) {
  int best = 0;
  for (int token = 1; token < count; ++token) {
    if (logits[token] > logits[best]) best = token;
  }
  return best;
}

int main(int argc, char** argv) {
  Check(argc == 7, "usage: raw-loop MODEL THREADS CONTEXT CALLERS TEXTS TOKENS");
  int callers = atoi(argv[4]), texts = atoi(argv[5]), length = atoi(argv[6]);
  llama_log_set(Ignore, NULL);
  llama_backend_init();
  struct llama_model* model = llama_model_load_from_file(argv[1], llama_model_default_params());
  Check(model != NULL, "the model cannot be loaded");
  const struct llama_vocab* vocabulary = llama_model_get_vocab(model);
  struct llama_context_params parameters = llama_context_default_params();
  parameters.n_threads = parameters.n_threads_batch = atoi(argv[2]);
  parameters.n_ctx = (uint32_t)(atoi(argv[3]) * callers);
  parameters.n_seq_max = (uint32_t)callers;
  parameters.kv_unified = 0;
  struct llama_context* context = llama_init_from_model(model, parameters);
  Check(context != NULL, "there is not enough memory");
  int capacity = (int)llama_n_batch(context);
  struct llama_batch batch = llama_batch_init(capacity, 0, 1);

  int* places = calloc((size_t)callers, sizeof *places);
  int* positions = calloc((size_t)callers, sizeof *positions);
  double* gaps = calloc((size_t)(callers * texts * length), sizeof *gaps);
  double* firsts = calloc((size_t)(callers * texts), sizeof *firsts);
  int gapCount = 0, firstCount = 0, longest = 0;
  static char line[kLongestPrompt];
  double total = 0;
  for (int text = 0; text < texts; ++text) {
    double begin = Milliseconds();
    llama_memory_clear(llama_get_memory(context), 0);
    batch.n_tokens = 0;
    for (int caller = 0; caller < callers; ++caller) {
      Check(fgets(line, sizeof line, stdin) != NULL, "there are too few prompts");
      line[strcspn(line, "\n")] = 0;
      int room = capacity - batch.n_tokens;
      llama_token* tokens = calloc((size_t)room, sizeof *tokens);
      int count = llama_tokenize(vocabulary, line, (int)strlen(line), tokens, room, 1, 0);
      Check(count > 0, "the prompts do not fit into one batch");
      for (int index = 0; index < count; ++index) {
        Add(&batch, tokens[index], index, caller, index == count - 1);
      }
      free(tokens);
      places[caller] = batch.n_tokens - 1;
      positions[caller] = count;
      longest = count > longest ? count : longest;
    }
    double last = begin;
    for (int step = 0; step < length; ++step) {
      Check(llama_decode(context, batch) == 0, "llama_decode failed");
      llama_synchronize(context);
      batch.n_tokens = 0;
      for (int caller = 0; caller < callers; ++caller) {
        const float* logits = llama_get_logits_ith(context, places[caller]);
        llama_token token = Likeliest(logits, llama_vocab_n_tokens(vocabulary));
        places[caller] = batch.n_tokens;
        Add(&batch, token, positions[caller]++, caller, 1);
      }
      double now = Milliseconds();
      for (int caller = 0; caller < callers; ++caller) {
        if (step == 0) {
          firsts[firstCount++] = now - begin;
        } else {
          gaps[gapCount++] = now - last;
        }
      }
      last = now;
    }
    total += last - begin;
  }

  printf("{\"seconds\": %f, \"tokens\": %d, \"prompt_tokens\": %d", total / 1000, callers * texts * length, longest);
  printf(", \"first_ms\": [");
  for (int index = 0; index < firstCount; ++index) printf("%s%.3f", index ? ", " : "", firsts[index]);
  printf("], \"gap_ms\": [");
  for (int index = 0; index < gapCount; ++index) printf("%s%.3f", index ? ", " : "", gaps[index]);
  printf("]}\n");
  llama_batch_free(batch);
  llama_free(context);
  llama_model_free(model);
}
