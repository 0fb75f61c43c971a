#include "graphc/Runtime/Functions.h"

int main(void) {
  graphc_rt_digest digest;
  graphc_rt_start_digest(&digest);
  return graphc_rt_finish_digest(&digest) != 0xef46db3751d8e999u;
}
