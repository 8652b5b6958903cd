;; The Internet checksum (RFC 1071) over a range of the packet memory, 16 bytes at a time.
;; sum(offset, length) adds the range as little-endian 16-bit words and returns the one's complement sum folded to
;; 16 bits, byte-swapped to network order. RFC 1071 section 2(B): the sum may be taken in either byte order.
(module
  (import "packet" "memory" (memory 1))
  (func (export "sum") (param $at i32) (param $length i32) (result i32)
    (local $acc v128) (local $acc2 v128) (local $end i32) (local $total i64)
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -32))))
    (block $bulk_done
      (loop $bulk
        (br_if $bulk_done (i32.ge_u (local.get $at) (local.get $end)))
        ;; pairwise add of sixteen-bit words into four 32-bit lanes: 64 KiB cannot overflow a lane (2^13 words * 2^17)
        (local.set $acc (i32x4.add (local.get $acc) (i32x4.extadd_pairwise_i16x8_u (v128.load align=1 (local.get $at)))))
        (local.set $acc2 (i32x4.add (local.get $acc2) (i32x4.extadd_pairwise_i16x8_u (v128.load offset=16 align=1 (local.get $at)))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br $bulk)))
    (local.set $total
      (i64.add
        (i64.add
          (i64.add (i64.extend_i32_u (i32x4.extract_lane 0 (local.get $acc))) (i64.extend_i32_u (i32x4.extract_lane 1 (local.get $acc))))
          (i64.add (i64.extend_i32_u (i32x4.extract_lane 2 (local.get $acc))) (i64.extend_i32_u (i32x4.extract_lane 3 (local.get $acc)))))
        (i64.add
          (i64.add (i64.extend_i32_u (i32x4.extract_lane 0 (local.get $acc2))) (i64.extend_i32_u (i32x4.extract_lane 1 (local.get $acc2))))
          (i64.add (i64.extend_i32_u (i32x4.extract_lane 2 (local.get $acc2))) (i64.extend_i32_u (i32x4.extract_lane 3 (local.get $acc2)))))))
    (local.set $length (i32.and (local.get $length) (i32.const 31)))
    (block $words_done
      (loop $words
        (br_if $words_done (i32.lt_u (local.get $length) (i32.const 4)))
        (local.set $total (i64.add (local.get $total) (i64.load32_u align=1 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $length (i32.sub (local.get $length) (i32.const 4)))
        (br $words)))
    (if (i32.and (local.get $length) (i32.const 2))
      (then
        (local.set $total (i64.add (local.get $total) (i64.load16_u align=1 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))))
    (if (i32.and (local.get $length) (i32.const 1))
      (then (local.set $total (i64.add (local.get $total) (i64.load8_u (local.get $at))))))
    ;; fold 64 to 16 bits
    (local.set $total (i64.add (i64.and (local.get $total) (i64.const 0xffffffff)) (i64.shr_u (local.get $total) (i64.const 32))))
    (local.set $total (i64.add (i64.and (local.get $total) (i64.const 0xffff)) (i64.shr_u (local.get $total) (i64.const 16))))
    (local.set $total (i64.add (i64.and (local.get $total) (i64.const 0xffff)) (i64.shr_u (local.get $total) (i64.const 16))))
    (local.set $total (i64.add (i64.and (local.get $total) (i64.const 0xffff)) (i64.shr_u (local.get $total) (i64.const 16))))
    (local.set $at (i32.wrap_i64 (local.get $total)))
    (i32.or (i32.shl (i32.and (local.get $at) (i32.const 0xff)) (i32.const 8)) (i32.shr_u (local.get $at) (i32.const 8)))))
