/*
 * fuzz.h - a fuzzer that needs no fuzzing engine. A program has LLVMFuzzerTestOneInput, as libFuzzer and AFL want it,
 * and its seeds; the main of fuzz.c runs the seeds and a number of changes of them that are the same every time.
 *
 *    fuzz/script                  what make check runs
 *    fuzz/script 1000000 7        a million inputs, from another beginning
 *    fuzz/script - FILE...        these inputs
 *    clang -fsanitize=fuzzer,address ... without fuzz.c: an engine drives it
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_input {
	uint8_t *data;
	size_t size;
};

/* The program's: the n-th seed, allocated for the caller; data is NULL behind the last. */
struct fuzz_input fuzz_seed(int n);
/* The program's: words that changes may put in, ending in a NULL. */
extern const char *const fuzz_words[];

#endif
