//===- Runtime.h - What an emitted module and its caller share ------------===//
//
// Part of graphc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// C99 and C++. This text is part of every header that graphc generates, so it
// includes nothing but the standard integer types; a program may include any
// number of such headers. A program that also uses dlpack.h includes it first.
//
// A module is a constant description and a function. Everything that changes
// lives in a context: contexts of one module may run at the same time, one
// context runs one call at a time.
//
//===----------------------------------------------------------------------===//

#ifndef GRAPHC_RUNTIME_RUNTIME_H
#define GRAPHC_RUNTIME_RUNTIME_H

#include <stddef.h>
#include <stdint.h>

/* The number of this description of modules; it changes with the structs. */
#define GRAPHC_RUNTIME_ABI 5

/* DLPack, as much of it as a call needs. */
#ifndef DLPACK_DLPACK_H_
#define DLPACK_DLPACK_H_

#ifdef __cplusplus
typedef enum : int32_t {
#else
typedef enum {
#endif
  kDLCPU = 1,
  kDLCUDA = 2,
  kDLCUDAHost = 3
} DLDeviceType;

typedef struct {
  DLDeviceType device_type;
  int32_t device_id;
} DLDevice;

typedef enum {
  kDLInt = 0U,
  kDLUInt = 1U,
  kDLFloat = 2U,
  kDLOpaqueHandle = 3U,
  kDLBfloat = 4U,
  kDLComplex = 5U,
  kDLBool = 6U,
  kDLFloat8_e3m4 = 7U,
  kDLFloat8_e4m3 = 8U,
  kDLFloat8_e4m3b11fnuz = 9U,
  kDLFloat8_e4m3fn = 10U,
  kDLFloat8_e4m3fnuz = 11U,
  kDLFloat8_e5m2 = 12U,
  kDLFloat8_e5m2fnuz = 13U,
  kDLFloat8_e8m0fnu = 14U
} DLDataTypeCode;

typedef struct {
  uint8_t code;
  uint8_t bits;
  uint16_t lanes;
} DLDataType;

/* A view: `data + byte_offset` is the first element. Null strides mean
   row-major; strides count elements. */
typedef struct {
  void *data;
  DLDevice device;
  int32_t ndim;
  DLDataType dtype;
  int64_t *shape;
  int64_t *strides;
  uint64_t byte_offset;
} DLTensor;

#endif /* DLPACK_DLPACK_H_ */

#ifdef __cplusplus
extern "C" {
#endif

/* What a call returns. Anything but GRAPHC_OK leaves a sentence in the
   context, see <name>_last_error. */
typedef int32_t graphc_status;
enum {
  GRAPHC_OK = 0,
  GRAPHC_ERROR_NULL = 1,       /* a null pointer where data is needed */
  GRAPHC_ERROR_COUNT = 2,      /* number of inputs or outputs */
  GRAPHC_ERROR_DTYPE = 3,      /* element type */
  GRAPHC_ERROR_RANK = 4,       /* number of dimensions */
  GRAPHC_ERROR_SHAPE = 5,      /* a size, or sizes that contradict each other */
  GRAPHC_ERROR_STRIDE = 6,     /* strides the module was not compiled for */
  GRAPHC_ERROR_DEVICE = 7,     /* memory that is not the CPU's */
  GRAPHC_ERROR_ALIGNMENT = 8,  /* data not aligned to its element */
  GRAPHC_ERROR_RANGE = 9,      /* a symbolic size or integer out of range */
  GRAPHC_ERROR_WORKSPACE = 10, /* workspace too small or not aligned */
  GRAPHC_ERROR_ALIAS = 11,     /* an output overlaps other memory of the call */
  GRAPHC_ERROR_CHECK = 12,     /* a check inside the program failed, in this
                                  run or in one that did not wait */
  GRAPHC_ERROR_WEIGHTS = 13,   /* weights file missing or not the right one */
  GRAPHC_ERROR_MEMORY = 14,    /* out of memory, on the CPU in <name>_create
                                  only */
  GRAPHC_ERROR_ARGUMENT = 15,  /* an index or option that does not exist */
  GRAPHC_ERROR_DRIVER = 16,    /* no driver, or what the driver says */
  GRAPHC_ERROR_CAPTURE = 17    /* not while the caller captures the stream */
};

/* An expression over the symbols of a module in postfix form. */
typedef const int64_t *graphc_expr;
enum {
  GRAPHC_EXPR_END = 0,
  GRAPHC_EXPR_CONSTANT = 1, /* followed by its value */
  GRAPHC_EXPR_SYMBOL = 2,   /* followed by its index */
  GRAPHC_EXPR_ADD = 3,
  GRAPHC_EXPR_SUB = 4,
  GRAPHC_EXPR_MUL = 5,
  GRAPHC_EXPR_FLOORDIV = 6, /* rounds down; by zero: 0 */
  GRAPHC_EXPR_CEILDIV = 7,
  GRAPHC_EXPR_MOD = 8, /* sign of the divisor */
  GRAPHC_EXPR_MIN = 9,
  GRAPHC_EXPR_MAX = 10,
  GRAPHC_EXPR_EQ = 11, /* 1 or 0 */
  GRAPHC_EXPR_LE = 12,
  GRAPHC_EXPR_DEPTH = 32 /* stack slots an expression may need */
};

/* A symbolic size. Unbounded ends are INT64_MIN and INT64_MAX. */
typedef struct {
  const char *name;
  int64_t min, max;
  /* Null for a size that the inputs determine. Else the program computes it,
     and this is an upper bound over earlier symbols. */
  graphc_expr bound;
} graphc_symbol;

/* A constant size or stride is in `shape` or `strides`; a symbolic one has -1
   in `shape`, INT64_MIN in `strides`, and an expression. The expression arrays
   are null if nothing is symbolic, as are their entries for constants. */
typedef struct {
  const char *text; /* "float32[s0, 64]" */
  DLDataType dtype;
  int32_t rank;
  const int64_t *shape;
  const int64_t *strides;
  const graphc_expr *shape_exprs;
  const graphc_expr *stride_exprs;
} graphc_type;

typedef enum {
  GRAPHC_KIND_TENSOR = 0,
  GRAPHC_KIND_INT = 1,
  GRAPHC_KIND_FLOAT = 2,
  GRAPHC_KIND_BOOL = 3,
  GRAPHC_KIND_STRING = 4,
  GRAPHC_KIND_NONE = 5
} graphc_kind;

/* A value that is not passed because the program was saved for it alone. */
typedef struct {
  graphc_kind kind;
  int64_t integer; /* INT, BOOL */
  double real;     /* FLOAT */
  const char *text;
} graphc_literal;

/* An argument of the program as it was saved. `index` is its place in
   `inputs`; -1: `literal` tells the only value that it may have. */
typedef struct {
  const char *name;
  int32_t index;
  graphc_literal literal;
} graphc_argument;

/* A tensor that <name>_run takes, or fills: then the caller makes it. An INT,
   FLOAT or BOOL is a tensor without dimensions of type int64, float64, bool. */
typedef struct {
  const char *name;
  graphc_type type;
  graphc_kind kind;
  graphc_expr expr; /* INT: its value, of an input mostly a bare symbol */
} graphc_tensor;

/* A buffer of the program that it changes: kept in the context from run to run
   with the strides of its type. Static sizes only. */
typedef struct {
  const char *name;
  graphc_type type;
  uint64_t size;           /* bytes from the first to the last element */
  uint64_t weights_offset; /* where its first value is, in row-major order */
  int32_t extern_weight;   /* 1 + which weight outside is instead; 0: none */
  int32_t is_random; /* seed and number of calls of what draws random numbers */
} graphc_state;

/* A tensor that the code reads: an input or a state. */
typedef struct {
  int32_t is_state;
  int32_t index;
} graphc_place;

/* A tensor that the code writes: output `output`, or, if that is -1, only for a
   mutation. */
typedef struct {
  graphc_type type;
  int32_t output;
} graphc_result;

/* An input or state that holds a result after a run that succeeded. Unless the
   code may write it in place, the result is made in the output or workspace and
   then copied. */
typedef struct {
  graphc_place place;
  int32_t result;
  int32_t in_place;
  int32_t graph_input; /* index among all inputs of the saved graph, weights
                          included; -1: not known */
} graphc_mutation;

/* min <= expr <= max holds for every accepted call. */
typedef struct {
  graphc_expr expr;
  int64_t min, max;
  const char *text;
} graphc_constraint;

/* An output of the program as it was saved, mutations included: output
   `output`, or what mutation `mutation` leaves, or `literal` (both -1). */
typedef struct {
  const char *role;   /* "user_output", "buffer_mutation", ... */
  const char *target; /* null or what is mutated */
  int32_t output, mutation;
  graphc_literal literal;
} graphc_spec;

/* A weight: where it is in the weights and what it was called. */
typedef struct {
  const char *name;
  const char *dtype;
  uint64_t offset, size;
} graphc_weight;

/* A weight that stays outside of the module: a tensor of a weights file, in
   row-major order. */
typedef struct {
  const char *name;
  graphc_type type; /* constant sizes */
} graphc_extern_weight;

/* A name under which a weights file may have weight `weight`. */
typedef struct {
  const char *name;
  int32_t weight;
} graphc_extern_name;

/* A tensor that a kernel reads or writes. */
typedef struct {
  const char
      *node; /* the node whose value it is, or the weight; null: unknown */
  DLDataType dtype; /* bools may be int8 here, unsigned integers are signed */
  int32_t rank;
  int32_t is_written;
} graphc_operand;

/* A step of the program: one call of a kernel's function, or work that is none.
   Loops of the program may run it any number of times. */
typedef struct {
  const char *name; /* the symbol of its function */
  const char *form; /* "contraction", ..., "loops" outside of kernels */
  size_t num_nodes;
  const char *const *nodes; /* of the saved graph that it computes */
  const char *module_path;  /* "encoder.layer.0", or null */
  const char *source;       /* the model's line, "model.py:12", or null */
  size_t num_operands;
  const graphc_operand *operands;
} graphc_kernel;

/* What an observer is told before and after each kernel. */
typedef struct {
  size_t kernel;            /* its index in the module's kernels */
  int32_t is_done;          /* 0: before it runs, 1: behind it */
  int64_t bytes, flops;     /* estimates for this call; -1: not known */
  const DLTensor *operands; /* as many as the kernel has; valid for the call;
                               null when kernels are timed */
  double ms; /* what it took when kernels are timed; -1: it is not measured */
} graphc_event;
typedef void (*graphc_observer)(void *user, const graphc_event *event);

/* Kernels in a form that a device takes. */
typedef enum {
  GRAPHC_IMAGE_PTX = 0,      /* text, compiled by the driver */
  GRAPHC_IMAGE_CUBIN = 1,    /* code of one capability */
  GRAPHC_IMAGE_EMULATION = 2 /* a library for the emulator of the driver */
} graphc_image_kind;

/* Every kernel of an image with this feature waits for the launches before it
   by itself, so that the device may begin with it while they run. */
enum { GRAPHC_FEATURE_DEPENDENT_LAUNCH = 8 };

typedef struct {
  int32_t kind;       /* graphc_image_kind */
  int32_t capability; /* 90: the least that it runs on */
  int32_t is_exact;   /* not 0: it runs on no other */
  int32_t features;   /* a bit for each of kernel.chip_has */
  const char *chip;   /* "sm_90a" */
  const char *data;
  uint64_t size; /* bytes; behind them is a zero */
} graphc_image;

/* What a module has for a device. */
typedef struct {
  size_t num_images, num_kernels;
  const graphc_image *images; /* the best of a capability first */
  const char *const *kernels; /* names, in the order that the code counts */
} graphc_device_code;

struct graphc_api;
struct graphc_extern_weights;

/* A compiled program. Constant; lives as long as the code. */
typedef struct graphc_module {
  int32_t abi; /* GRAPHC_RUNTIME_ABI */
  const char *name;
  const char *target;  /* "x86_64-unknown-linux-gnu znver5" */
  const char *source;  /* the file it was compiled from */
  int32_t max_threads; /* 1: compiled without threads; 0: as many as asked */

  size_t num_symbols, num_arguments, num_inputs, num_outputs, num_states;
  size_t num_places, num_results, num_mutations, num_constraints;
  size_t num_specs, num_checks, num_weights, num_kernels;
  const graphc_symbol *symbols;
  const graphc_argument *arguments;
  const graphc_tensor *inputs;
  const graphc_tensor *outputs;
  const graphc_state *states;
  const graphc_place *places; /* what the code takes, in its order */
  const graphc_result *results;
  const graphc_mutation *mutations;
  const graphc_constraint *constraints;
  const graphc_spec *specs;
  const char *const *checks; /* messages of the checks inside the program */
  const graphc_weight *weights;
  const graphc_kernel *kernels; /* none unless compiled with --instrument */
  int32_t is_instrumented;

  graphc_expr workspace; /* bytes that the code needs */

  /* Weights in the module, or null and a safetensors file. */
  const void *weights_data;
  const char *weights_file; /* its name without a folder */
  uint64_t weights_size;
  uint64_t weights_start;  /* offset of the values in the file */
  uint64_t weights_digest; /* XXH64 of the values */

  /* Behind the `num_places` inputs stands the context, for code for a device or
     for code that is instrumented, or null when that is not observed. Behind it
     stand the weights from outside. */
  int32_t (*entry)(void *const *inputs, void *const *outputs, int64_t *symbols,
                   const void *weights, void *workspace, int32_t threads);
  const struct graphc_api *api;
  const graphc_device_code *device;             /* null: for the CPU */
  const struct graphc_extern_weights *external; /* null: it has its weights */
} graphc_module;

/* Whether runs on a device are recorded. A call with the same sizes and the
   same addresses of inputs, outputs and workspace as an earlier one then costs
   one launch, unless the program decides on the host what runs. */
enum { GRAPHC_GRAPHS_AUTO = 0, GRAPHC_GRAPHS_OFF = 1 };

/* The state of one user of a module. */
typedef struct graphc_context graphc_context;

/* How a context is made; all zeros is the default. */
typedef struct {
  int32_t threads;          /* 0: as many as the machine has processors */
  int32_t skip_digest;      /* not 0: trust the weights file */
  const char *weights_path; /* null: beside the object's file, else in the
                               current folder; or a file or a folder. Of a
                               module without weights also the index of files
                               (.index.json) */
  /* Of modules for a device only. */
  int32_t device;     /* its number, as the driver counts */
  void *stream;       /* what the work is put into; null: a stream of its own */
  const char *driver; /* library of the driver; null: libcuda.so.1 */
  int32_t graphs;     /* GRAPHC_GRAPHS_... */
} graphc_options;

/* What a module has in place of its weights (--weights=extern). A context finds
   each weight by name in safetensors files. `load` then computes, once, what
   depends on weights alone: packed and folded ones. */
typedef struct graphc_extern_weights {
  size_t num_weights, num_names, num_loaded, num_entry, num_load;
  const graphc_extern_weight *weights;
  const graphc_extern_name *names; /* sorted; tied weights have several */
  const uint64_t *loaded;          /* bytes of each value of `load` */
  /* What the code takes behind the context: a weight, or value -1 - i of
     `load`. */
  const int32_t *entry_weights;
  const int32_t *load_weights; /* what `load` takes behind the context */
  uint64_t load_workspace;     /* bytes */
  const char *file;            /* where to look if nobody says, no folder */
  /* Like `entry`; null if nothing is to be computed. */
  int32_t (*load)(void *const *inputs, void *const *outputs, int64_t *symbols,
                  const void *weights, void *workspace, int32_t threads);
  /* The parts of the runtime that only such modules have: what
     <name>_create and <name>_destroy do with these weights. */
  graphc_status (*open)(graphc_context *, const graphc_options *);
  void (*close)(graphc_context *);
} graphc_extern_weights;

/* The functions of a module, for who finds it by name at run time. Each is
   <name>_<field> in the generated header, where they are described. */
typedef struct graphc_api {
  graphc_status (*create)(const graphc_options *, graphc_context **);
  void (*destroy)(graphc_context *);
  graphc_status (*reset)(graphc_context *);
  graphc_status (*workspace_size)(graphc_context *, const DLTensor *, size_t,
                                  size_t *);
  graphc_status (*output_shape)(graphc_context *, const DLTensor *, size_t,
                                size_t, int64_t *, int64_t *);
  graphc_status (*run)(graphc_context *, const DLTensor *, size_t, DLTensor *,
                       size_t, void *, size_t);
  graphc_status (*state)(graphc_context *, size_t, DLTensor *);
  const char *(*last_error)(const graphc_context *);
  graphc_status (*observe)(graphc_context *, graphc_observer, void *);
  graphc_status (*time)(graphc_context *, graphc_observer, void *);
  graphc_status (*copied_bytes)(const graphc_context *, uint64_t *, uint64_t *);
  graphc_status (*synchronize)(graphc_context *);
} graphc_api;

#ifdef __cplusplus
}
#endif

#endif /* GRAPHC_RUNTIME_RUNTIME_H */
