dnl TL_WARNINGS: probes warning flags into WARN_CFLAGS; --enable-werror makes them errors.
AC_DEFUN([TL_WARNINGS], [
  AC_ARG_ENABLE([werror],
    [AS_HELP_STRING([--enable-werror], [treat warnings as errors])], [], [enable_werror=no])
  WARN_CFLAGS=
  for flag in -Wall -Wextra -Wshadow -Wpointer-arith -Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
      -Wundef -Wvla -Wno-missing-field-initializers -Wno-format-truncation; do
    TL_TRY_CFLAG([$flag])
  done
  AS_IF([test "$enable_werror" = yes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
  AC_SUBST([WARN_CFLAGS])
])

AC_DEFUN([TL_TRY_CFLAG], [
  tl_saved_CFLAGS=$CFLAGS
  CFLAGS="$CFLAGS -Werror $1"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [WARN_CFLAGS="$WARN_CFLAGS $1"])
  CFLAGS=$tl_saved_CFLAGS
])

dnl TL_SANITIZERS: --enable-sanitizers=address,undefined (the default of the bare option) or =thread.
AC_DEFUN([TL_SANITIZERS], [
  AC_ARG_ENABLE([sanitizers],
    [AS_HELP_STRING([--enable-sanitizers@<:@=LIST@:>@], [build with -fsanitize=LIST (address,undefined)])],
    [], [enable_sanitizers=no])
  AS_CASE([$enable_sanitizers],
    [no], [tl_sanitizers=none],
    [yes], [tl_sanitizers=address,undefined],
    [tl_sanitizers=$enable_sanitizers])
  SANITIZE_CFLAGS=
  AS_IF([test "$tl_sanitizers" != none],
    [SANITIZE_CFLAGS="-fsanitize=$tl_sanitizers -fno-omit-frame-pointer"
     AC_DEFINE([TL_SANITIZED], [1], [Define if built with sanitizers.])])
  AC_SUBST([SANITIZE_CFLAGS])
  AM_CONDITIONAL([SANITIZED], [test "$tl_sanitizers" != none])
])
