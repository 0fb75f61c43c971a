/* A module as graphc makes them, by hand:

     forward(x: float32[s0, 2], n: int, scale: float, mode='add', flag: bool):
       steps += 1; x *= 2                  (steps is told as an output)
       return steps, x_old * scale + n, nonzero(x_old) rows, n + 1, 'text',
              nan, not flag, None

   With DRIFT, runs after the third have other bits at two places of the second
   result. */
#include "graphc/Runtime/Functions.h"

#include <math.h>

enum { S0, N, U0 };
#define SYM(s) GRAPHC_EXPR_SYMBOL, s
#define CONST(c) GRAPHC_EXPR_CONSTANT, c
static const int64_t s0[] = {SYM(S0), GRAPHC_EXPR_END};
static const int64_t n[] = {SYM(N), GRAPHC_EXPR_END};
static const int64_t u0[] = {SYM(U0), GRAPHC_EXPR_END};
static const int64_t nPlusOne[] = {SYM(N), CONST(1), GRAPHC_EXPR_ADD,
                                   GRAPHC_EXPR_END};
static const int64_t zero[] = {CONST(0), GRAPHC_EXPR_END};
static const int64_t shapeX[] = {-1, 2}, stridesX[] = {2, 1};
static const graphc_expr exprsX[] = {s0, 0}, exprsU[] = {u0};
static const int64_t shapeU[] = {-1}, stridesU[] = {1};

#define TYPE_X                                                                 \
  {"float32[s0, 2]", {kDLFloat, 32, 1}, 2, shapeX, stridesX, exprsX, 0}
#define TYPE_U {"int64[u0]", {kDLInt, 64, 1}, 1, shapeU, stridesU, exprsU, 0}
#define TYPE_I {"int64[]", {kDLInt, 64, 1}, 0, 0, 0, 0, 0}
#define TYPE_F {"float64[]", {kDLFloat, 64, 1}, 0, 0, 0, 0, 0}
#define TYPE_B {"bool[]", {kDLBool, 8, 1}, 0, 0, 0, 0, 0}

static const graphc_symbol symbols[] = {
    {"s0", 2, 8, 0}, {"n", 0, INT64_MAX, 0}, {"u0", 0, INT64_MAX, s0}};
static const graphc_argument arguments[] = {
    {"x", 0, {0}},
    {"n", 1, {0}},
    {"scale", 2, {0}},
    {"mode", -1, {GRAPHC_KIND_STRING, 0, 0, "add"}},
    {"flag", 3, {0}}};
static const graphc_tensor inputs[] = {{"x", TYPE_X, GRAPHC_KIND_TENSOR, 0},
                                       {"n", TYPE_I, GRAPHC_KIND_INT, n},
                                       {"scale", TYPE_F, GRAPHC_KIND_FLOAT, 0},
                                       {"flag", TYPE_B, GRAPHC_KIND_BOOL, 0}};
static const graphc_tensor outputs[] = {
    {"y", TYPE_X, GRAPHC_KIND_TENSOR, 0},
    {"rows", TYPE_U, GRAPHC_KIND_TENSOR, 0},
    {"next", TYPE_I, GRAPHC_KIND_INT, nPlusOne},
    {"not", TYPE_B, GRAPHC_KIND_BOOL, 0}};
static const graphc_state states[] = {{"steps", TYPE_I, 8, 0}};
static const graphc_place places[] = {{0, 0}, {0, 2}, {0, 3}, {1, 0}};
static const graphc_result results[] = {
    {TYPE_I, -1}, {TYPE_X, 0}, {TYPE_U, 1}, {TYPE_B, 3}, {TYPE_X, -1}};
static const graphc_mutation mutations[] = {{{1, 0}, 0, 0, -1},
                                            {{0, 0}, 4, 0, 7}};
static const graphc_spec specs[] = {
    {"buffer_mutation", "steps", -1, 0, {0}},
    {"user_output", 0, 0, -1, {0}},
    {"user_output", 0, 1, -1, {0}},
    {"user_output", 0, 2, -1, {0}},
    {"user_output", 0, -1, -1, {GRAPHC_KIND_STRING, 0, 0, "text"}},
    {"user_output", 0, -1, -1, {GRAPHC_KIND_FLOAT, 0, NAN, 0}},
    {"user_output", 0, 3, -1, {0}},
    {"user_output", 0, -1, -1, {GRAPHC_KIND_NONE, 0, 0, 0}}};
static const char *const checks[] = {"scale must be positive"};
static const int64_t weights[] = {41};

static int32_t entry(void *const *in, void *const *out, int64_t *symbol,
                     const void *data, void *workspace, int32_t threads) {
  const float *x = in[0];
  double scale = *(const double *)in[1];
  (void)data, (void)workspace, (void)threads;
  if (!(scale > 0))
    return 1;
  symbol[U0] = 0;
  for (int64_t i = 0; i < 2 * symbol[S0]; ++i) {
    ((float *)out[1])[i] = (float)(x[i] * scale) + (float)symbol[N];
    ((float *)out[4])[i] = 2 * x[i];
    if (i % 2 == 0 && (x[i] || x[i + 1]))
      ((int64_t *)out[2])[symbol[U0]++] = i / 2;
  }
#ifdef DRIFT
  static int runs;
  if (runs++ > 2)
    ((float *)out[1])[1] += 1, ((float *)out[1])[3] += 1;
#endif
  *(char *)out[3] = !*(const char *)in[2];
  *(int64_t *)out[0] = *(const int64_t *)in[3] + 1;
  return 0;
}

extern const graphc_module graphc_module_ __asm__("graphc_module");
static graphc_status create(const graphc_options *options,
                            graphc_context **context) {
  return graphc_rt_create_context(&graphc_module_, options, context);
}
static const graphc_api api = {create,
                               graphc_rt_destroy_context,
                               graphc_rt_reset_context,
                               graphc_rt_workspace_size,
                               graphc_rt_output_shape,
                               graphc_rt_run,
                               graphc_rt_state,
                               graphc_rt_last_error,
                               graphc_rt_set_observer,
                               graphc_rt_set_timer,
                               graphc_rt_copied_bytes,
                               graphc_rt_synchronize};

#define COUNT(array) (sizeof(array) / sizeof(*array))
const graphc_module graphc_module_ = {GRAPHC_RUNTIME_ABI,
                                      "hand",
                                      "any target",
                                      "hand.pt2",
                                      1,
                                      COUNT(symbols),
                                      COUNT(arguments),
                                      COUNT(inputs),
                                      COUNT(outputs),
                                      COUNT(states),
                                      COUNT(places),
                                      COUNT(results),
                                      COUNT(mutations),
                                      0,
                                      COUNT(specs),
                                      COUNT(checks),
                                      0,
                                      0,
                                      symbols,
                                      arguments,
                                      inputs,
                                      outputs,
                                      states,
                                      places,
                                      results,
                                      mutations,
                                      0,
                                      specs,
                                      checks,
                                      0,
                                      0,
                                      0,
                                      zero,
                                      weights,
                                      0,
                                      sizeof(weights),
                                      0,
                                      0,
                                      entry,
                                      &api};
