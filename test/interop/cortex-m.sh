#!/usr/bin/env bash
# Runs an exported C header on an emulated Cortex-M3 (QEMU's mps2-an385, 4 MiB of code and 4 MiB of data), and says how
# many images it names rightly and which instructions it takes.
#   analog-eqprop export RUN --format c-int8 --out copy.int8.h
#   test/interop/cortex-m.sh copy.int8.h IMAGES LABELS [COUNT]
# IMAGES and LABELS are IDX files, gzipped or not. Debian: apt install gcc-arm-none-eabi libnewlib-arm-none-eabi qemu-system-arm
set -euo pipefail
header=$(realpath "$1") images=$(realpath "$2") labels=$(realpath "$3") count=${4:-100}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$header" "$work/copy.h"
cd "$work"
gzip -dcf <"$images" >images.idx
gzip -dcf <"$labels" >labels.idx

# The first pixels and labels as bytes of C, after heads of 16 and of 8.
pixels=$(sed -n 's/^#define COPY_INPUTS //p' copy.h)
bytes() { od -An -v -tu1 -j"$2" -N"$3" "$1" | sed 's/ \+/,/g; s/^,//; s/$/,/'; }
{
  echo "static const unsigned char images[$count * $pixels] = {"
  bytes images.idx 16 $((count * pixels))
  echo "};"
  echo "static const unsigned char labels[$count] = {"
  bytes labels.idx 8 "$count"
  echo "};"
} >images.h

cat >main.c <<'C'
#include <stdio.h>
#include "copy.h"
#include "images.h"

int main(void)
{
  const int count = (int)sizeof labels;
  static float raw[COPY_INPUTS];
  int right = 0;
  int i;
  int k;
  for (i = 0; i < count; i++) {
    int named;
    for (k = 0; k < COPY_INPUTS; k++) raw[k] = (float)images[i * COPY_INPUTS + k];
    named = copy_class(raw);
    right += named == labels[i];
    printf("%s%s", copy_names[named], i % 50 == 49 ? "\n" : " ");
  }
  printf("%d of %d right\n", right, count);
  return 0;
}
C

cat >start.c <<'C'
extern void _start(void);
extern unsigned long stack_top;
static void stop(void) { for (;;) { } }
/* Where a Cortex-M finds its stack and where to begin. */
__attribute__((section(".vectors"), used)) static const struct {
  unsigned long *stack;
  void (*handlers[15])(void);
} vectors = { &stack_top, { _start, stop, stop, stop } };
C

cat >board.ld <<'LD'
MEMORY { code (rx) : ORIGIN = 0x00000000, LENGTH = 4M  data (rwx) : ORIGIN = 0x20000000, LENGTH = 4M }
ENTRY(_start)
SECTIONS {
  .text : { KEEP(*(.vectors)) *(.text*) KEEP(*(.init)) KEEP(*(.fini)) *(.rodata*) . = ALIGN(4); } > code
  .ARM.exidx : { *(.ARM.exidx*) } > code
  .data : { *(.data*) . = ALIGN(4); } > data
  .bss : { __bss_start__ = .; *(.bss*) *(COMMON) . = ALIGN(8); __bss_end__ = .; end = .; _end = .; __end__ = .; } > data
  stack_top = ORIGIN(data) + LENGTH(data);
  __stack = stack_top;
}
LD

arm-none-eabi-gcc -std=c99 -pedantic -Wall -Wextra -Werror -O2 -mcpu=cortex-m3 -mthumb --specs=rdimon.specs \
  -T board.ld -o program.elf start.c main.c -lm
arm-none-eabi-size program.elf
timeout 300 qemu-system-arm -machine mps2-an385 -cpu cortex-m3 -nographic -semihosting-config enable=on,target=native -kernel program.elf </dev/null
