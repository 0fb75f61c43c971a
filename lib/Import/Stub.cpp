#include "Call.h"
using namespace graphc::aten;
#define S(f)                                                                   \
  ArrayRef<Overload> graphc::aten::f() { return {}; }
S(lossOverloads) S(poolingOverloads) S(foreachOverloads)
