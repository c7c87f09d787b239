      *> libfugo for COBOL: what fugo.h declares, as WORKING-STORAGE items.
      *> GnuCOBOL; free or fixed form, lines end before column 73.
      *>
      *> A call:  CALL "fugo_derive" USING
      *>              BY VALUE     the key (a POINTER)
      *>              BY REFERENCE the number   BY VALUE FUGO-NUMBER-LEN
      *>              BY REFERENCE the symbol   BY VALUE FUGO-SYMBOL-LEN
      *>              BY REFERENCE FUGO-ERROR
      *>              RETURNING    FUGO-STATUS
      *>
      *> In C           here
      *> fugo_x *       POINTER, BY VALUE
      *> fugo_x **      POINTER, BY REFERENCE
      *> char *, uint8_t *   PIC X(n), BY REFERENCE
      *> size_t         BINARY-DOUBLE UNSIGNED, BY VALUE (64-bit systems)
      *> int32_t        BINARY-LONG, BY VALUE
      *> NULL           BY VALUE a POINTER that holds NULL
      *>
      *> Items may be at any address: no SYNC is needed. Numbers
      *> are ASCII digits; on a system whose DISPLAY items are EBCDIC,
      *> convert them first. The contract is crates/capi/README.md.
       01  FUGO-STATUS             BINARY-LONG VALUE 0.
           88  FUGO-OK                       VALUE 0.
           88  FUGO-NULL-POINTER             VALUE 1.
           88  FUGO-BUFFER-LENGTH            VALUE 2.
           88  FUGO-OVERFLOW                 VALUE 3.
           88  FUGO-OVERLAP                  VALUE 4.
           88  FUGO-WRONG-HANDLE             VALUE 5.
           88  FUGO-UNKNOWN-VALUE            VALUE 6.
           88  FUGO-VERSION-MISMATCH         VALUE 7.
           88  FUGO-OCCUPIED-HANDLE          VALUE 8.
           88  FUGO-PANIC                    VALUE 10.
           88  FUGO-RANDOM                   VALUE 11.
           88  FUGO-OTHER                    VALUE 12.
           88  FUGO-ROWS-REFUSED             VALUE 20.
           88  FUGO-NON-DIGIT                VALUE 101.
           88  FUGO-LENGTH                   VALUE 102.
           88  FUGO-CHECK-DIGIT              VALUE 103.
           88  FUGO-NEVER-ISSUED             VALUE 104.
           88  FUGO-EMPTY                    VALUE 201.
           88  FUGO-SCIENTIFIC-NOTATION      VALUE 202.
           88  FUGO-CHARACTER                VALUE 203.
           88  FUGO-GROUPING                 VALUE 204.
           88  FUGO-NOT-TEXT                 VALUE 205.
           88  FUGO-SCOPE-FORM               VALUE 301.
           88  FUGO-SCOPE-ID                 VALUE 302.
           88  FUGO-SCOPE-ID-FIXED           VALUE 303.
           88  FUGO-EPOCH-ZERO               VALUE 304.
           88  FUGO-UNKNOWN-PURPOSE          VALUE 305.
           88  FUGO-WRONG-PURPOSE            VALUE 401.
           88  FUGO-INSURERS-EPOCH           VALUE 402.
           88  FUGO-INSURERS-MISSING         VALUE 403.
           88  FUGO-SAME-KEY                 VALUE 404.
           88  FUGO-CORRUPTED                VALUE 501.
           88  FUGO-UNKNOWN-PART             VALUE 502.
           88  FUGO-WRONG-KEY                VALUE 503.
           88  FUGO-NO-SYMBOL                VALUE 504.
           88  FUGO-UNKNOWN-SYMBOL           VALUE 505.
           88  FUGO-SELF-PAIR                VALUE 601.
           88  FUGO-DUPLICATE-NEW            VALUE 602.
           88  FUGO-DUPLICATE-PREVIOUS       VALUE 603.
           88  FUGO-CYCLE                    VALUE 604.
           88  FUGO-UNKNOWN-LINE             VALUE 701.
           88  FUGO-MISSING-LINE             VALUE 702.
           88  FUGO-BAD-VALUE                VALUE 703.
           88  FUGO-TAG-MISMATCH             VALUE 704.
           88  FUGO-WRONG-KIND               VALUE 705.
           88  FUGO-NOT-A-KEY-FILE           VALUE 801.
           88  FUGO-DAMAGED                  VALUE 802.
           88  FUGO-TOO-LARGE                VALUE 803.
           88  FUGO-PASSPHRASE-NEEDED        VALUE 804.
           88  FUGO-WRONG-PASSPHRASE         VALUE 805.
           88  FUGO-IDENTITY-NEEDED          VALUE 806.
           88  FUGO-WRONG-IDENTITY           VALUE 807.
           88  FUGO-EXCESSIVE-WORK           VALUE 808.
           88  FUGO-OTHERS-CAN-READ          VALUE 809.
           88  FUGO-PLAINTEXT-PRODUCTION     VALUE 810.
           88  FUGO-IDENTITY                 VALUE 811.
           88  FUGO-IO                       VALUE 812.
           88  FUGO-INSUFFICIENT-WORK        VALUE 813.
           88  FUGO-TOO-MANY-RECIPIENTS      VALUE 814.
           88  FUGO-NOT-A-FILE               VALUE 815.
           88  FUGO-TEST-KEY                 VALUE 816.
           88  FUGO-WEAK-KEY                 VALUE 817.
           88  FUGO-TOO-MANY-IDENTITIES      VALUE 818.
           88  FUGO-CONTROL-CHARACTER        VALUE 819.
           88  FUGO-EXISTS                   VALUE 820.
           88  FUGO-EMPTY-PASSPHRASE         VALUE 821.
           88  FUGO-SHORT-PASSPHRASE         VALUE 822.
           88  FUGO-NO-RECIPIENT             VALUE 823.
           88  FUGO-RECIPIENT                VALUE 824.
           88  FUGO-ADDRESS                  VALUE 825.
           88  FUGO-PROGRAM                  VALUE 826.
           88  FUGO-TOKEN                    VALUE 827.
           88  FUGO-TOKEN-MODULE             VALUE 828.
           88  FUGO-NO-TOKEN                 VALUE 829.
           88  FUGO-PIN-NEEDED               VALUE 830.
           88  FUGO-WRONG-PIN                VALUE 831.
           88  FUGO-PIN-LOCKED               VALUE 832.
           88  FUGO-NO-KEY                   VALUE 833.
           88  FUGO-SESSION-LOST             VALUE 834.
           88  FUGO-NO-BYTES                 VALUE 835.

      *> struct fugo_error. A field without a value is FUGO-NONE.
       01  FUGO-ERROR.
           05  FUGO-ERROR-STATUS   BINARY-LONG.
           05  FILLER              PIC X(4).
           05  FUGO-ERROR-ROW      BINARY-DOUBLE UNSIGNED.
           05  FUGO-ERROR-AT       BINARY-DOUBLE UNSIGNED.
           05  FUGO-ERROR-FOUND    BINARY-DOUBLE UNSIGNED.

      *> Arguments for lengths and choices, BY VALUE.
       01  FUGO-CONSTANTS.
           05  FUGO-NONE           BINARY-DOUBLE UNSIGNED
                                   VALUE 18446744073709551615.
           05  FUGO-NUMBER-LEN     BINARY-DOUBLE UNSIGNED VALUE 12.
           05  FUGO-BODY-LEN       BINARY-DOUBLE UNSIGNED VALUE 11.
           05  FUGO-SYMBOL-LEN     BINARY-DOUBLE UNSIGNED VALUE 16.
           05  FUGO-KEY-LEN        BINARY-DOUBLE UNSIGNED VALUE 32.
           05  FUGO-TAG-LEN        BINARY-DOUBLE UNSIGNED VALUE 4.
           05  FUGO-PAIR-LEN       BINARY-DOUBLE UNSIGNED VALUE 24.
           05  FUGO-TEXT-SIZE      BINARY-DOUBLE UNSIGNED VALUE 48.
           05  FUGO-SCOPE-SIZE     BINARY-DOUBLE UNSIGNED VALUE 64.
           05  FUGO-UNLOCK-NONE    BINARY-LONG VALUE 0.
           05  FUGO-UNLOCK-PASSPHRASE       BINARY-LONG VALUE 1.
           05  FUGO-UNLOCK-PASSPHRASE-FILE  BINARY-LONG VALUE 2.
           05  FUGO-UNLOCK-IDENTITY-FILE    BINARY-LONG VALUE 3.
      *> major * 65536 + minor * 256 + patch of fugo.h
           05  FUGO-VERSION        BINARY-LONG UNSIGNED VALUE 256.
