/*
 * call.c - what all calls have in common: how long they may take, and what they say when used wrongly.
 */
#include "config.h"

#include <math.h>
#include <string.h>

#include "threads/inside.h"

#define NS 1e9

bool
tl_call_timeout(struct tl_call *call, double timeout)
{
	if (isnan(timeout) || (timeout > TL_TIMEOUT_MAX && !isinf(timeout)))
		return false;
	call->poll = timeout <= 0;
	if (call->poll || isinf(timeout))
		return true;
	call->deadline = tl_session_now();
	if (timeout * NS < (double)(INT64_MAX - call->deadline - 1))
		call->deadline += (int64_t)(timeout * NS);
	else
		call->deadline = INT64_MAX - 1;
	call->ms = timeout * 1e3 < UINT32_MAX ? (uint32_t)(timeout * 1e3) : UINT32_MAX;
	call->flags |= TL_F_TIMED;
	return true;
}

int
tl_misuse(int code, const struct tl_call *call)
{
	tl_emit(TL_MISUSE, 0, call->object, (uint32_t)-code, call->place);
	return code;
}

void
tl_name_keep(char *kept, const char *name)
{
	size_t length = name == NULL ? 0 : strnlen(name, TL_NAME_KEPT - 1);

	if (length > 0)
		memcpy(kept, name, length);
	memset(kept + length, 0, TL_NAME_KEPT - length);
}

const char *
tl_error_text(int code)
{
	static const char *const texts[] = {
#define ROW(name, number, text) [number] = text,
		TL_ERRORS(ROW)
#undef ROW
	};
	return code <= 0 && code > -(int)(sizeof(texts) / sizeof(*texts)) ? texts[-code] : "an unknown answer";
}

const char *
tl_error_name(int code)
{
	static const char *const names[] = {
#define ROW(name, number, text) [number] = #name,
		TL_ERRORS(ROW)
#undef ROW
	};
	return code <= 0 && code > -(int)(sizeof(names) / sizeof(*names)) ? names[-code] : "TL_E_UNKNOWN";
}
