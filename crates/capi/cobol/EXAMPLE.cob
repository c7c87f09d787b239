      *> The known answers of docs/spec.md, section 6, and refused
      *> numbers. Return code 1 if a result is not as expected.
      *>     cobc -x -fstatic-call -I PREFIX/share/fugo EXAMPLE.cob -lfugo
       IDENTIFICATION DIVISION.
       PROGRAM-ID. EXAMPLE.
       DATA DIVISION.
       WORKING-STORAGE SECTION.
           COPY FUGO.
       01  ROOT-BYTES.
           05  FILLER PIC X(16)
               VALUE X"000102030405060708090A0B0C0D0E0F".
           05  FILLER PIC X(16)
               VALUE X"101112131415161718191A1B1C1D1E1F".
       01  SCOPE-NAME          PIC X(12) VALUE "agency/nta/1".
       01  SCOPE-NAME-LEN      BINARY-DOUBLE UNSIGNED VALUE 12.
       01  ROOT-KEY            POINTER VALUE NULL.
       01  SCOPE-KEY           POINTER VALUE NULL.
       01  NUMBER-KEY          POINTER VALUE NULL.
       01  NO-POINTER          POINTER VALUE NULL.
       01  EXPECTED            PIC X(16)
               VALUE X"ACA8B7A2AD979B290C590B2464183640".
       01  SYMBOL              PIC X(16).
       01  SYMBOL-TEXT         PIC X(48).
       01  EXPECTED-TEXT       PIC X(44) VALUE
               "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v".
      *> Rows of a batch, at an odd address on purpose.
       01  BATCH.
           05  FILLER          PIC X VALUE SPACE.
           05  NUMBER-ROWS.
               10  FILLER      PIC X(12) VALUE "123456789018".
               10  FILLER      PIC X(12) VALUE "123456789012".
               10  FILLER      PIC X(12) VALUE "123456789018".
           05  SYMBOL-ROWS.
               10  ROW-SYMBOL  PIC X(16) OCCURS 3.
           05  STATUSES.
               10  ROW-STATUS  BINARY-LONG OCCURS 3.
           05  REFUSED         BINARY-DOUBLE UNSIGNED.
       01  TEXT-ROWS.
           05  ROW-TEXT        PIC X(48) OCCURS 3.
       01  ROWS                BINARY-DOUBLE UNSIGNED VALUE 3.
       01  BAD-NUMBER          PIC X(12) VALUE "1234X6789018".
       01  MESSAGE-ADDRESS     POINTER.
       01  PASSED              PIC 9(4) VALUE 0.
       01  FAILED              PIC 9(4) VALUE 0.
       01  SHOWN-PASSED        PIC Z(3)9.
       01  SHOWN-FAILED        PIC Z(3)9.
       LINKAGE SECTION.
       01  MESSAGE-TEXT        PIC X(9).
       PROCEDURE DIVISION.
       MAIN-PARAGRAPH.
           CALL "fugo_version_check" USING BY VALUE FUGO-VERSION
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK

           CALL "fugo_root_key_from_bytes" USING
               BY REFERENCE ROOT-BYTES BY VALUE FUGO-KEY-LEN
               BY REFERENCE ROOT-KEY
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK

           CALL "fugo_scope_key_derive" USING
               BY VALUE ROOT-KEY
               BY REFERENCE SCOPE-NAME BY VALUE SCOPE-NAME-LEN
               BY REFERENCE SCOPE-KEY
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK

           CALL "fugo_key_new" USING
               BY VALUE SCOPE-KEY
               BY REFERENCE NUMBER-KEY
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK

           CALL "fugo_derive" USING
               BY VALUE NUMBER-KEY
               BY REFERENCE NUMBER-ROWS BY VALUE FUGO-NUMBER-LEN
               BY REFERENCE SYMBOL BY VALUE FUGO-SYMBOL-LEN
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
           IF SYMBOL = EXPECTED
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "not the known symbol" UPON SYSERR
           END-IF

           CALL "fugo_text_encode" USING
               BY VALUE NUMBER-KEY
               BY REFERENCE SYMBOL BY VALUE FUGO-SYMBOL-LEN
               BY REFERENCE SYMBOL-TEXT BY VALUE FUGO-TEXT-SIZE
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
      *> Replace the NULs at the end: COBOL compares with spaces.
           INSPECT SYMBOL-TEXT REPLACING ALL X"00" BY SPACE
           IF SYMBOL-TEXT = EXPECTED-TEXT
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "not the known text" UPON SYSERR
           END-IF

           CALL "fugo_derive" USING
               BY VALUE NUMBER-KEY
               BY REFERENCE BAD-NUMBER BY VALUE FUGO-NUMBER-LEN
               BY REFERENCE SYMBOL BY VALUE FUGO-SYMBOL-LEN
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           IF FUGO-NON-DIGIT AND FUGO-ERROR-AT = 4
                   AND FUGO-ERROR-STATUS = FUGO-STATUS
                   AND FUGO-ERROR-ROW = FUGO-NONE
                   AND SYMBOL = LOW-VALUES
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "a letter is not refused at 4" UPON SYSERR
           END-IF
           CALL "fugo_status_kind" USING BY VALUE FUGO-STATUS
               RETURNING MESSAGE-ADDRESS
           SET ADDRESS OF MESSAGE-TEXT TO MESSAGE-ADDRESS
           IF MESSAGE-TEXT = "non-digit"
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "not the word of the status" UPON SYSERR
           END-IF

           CALL "fugo_derive_batch" USING
               BY VALUE NUMBER-KEY
               BY REFERENCE NUMBER-ROWS
               BY REFERENCE SYMBOL-ROWS
               BY VALUE ROWS
               BY REFERENCE STATUSES
               BY REFERENCE REFUSED
               BY VALUE NO-POINTER
               RETURNING FUGO-STATUS
           IF FUGO-ROWS-REFUSED AND REFUSED = 1
                   AND ROW-STATUS (1) = 0 AND ROW-STATUS (2) = 103
                   AND ROW-STATUS (3) = 0
                   AND ROW-SYMBOL (1) = EXPECTED
                   AND ROW-SYMBOL (2) = LOW-VALUES
                   AND ROW-SYMBOL (3) = EXPECTED
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "the batch is not as expected" UPON SYSERR
           END-IF

      *> A refused row has no text: its row of texts is all NUL.
           CALL "fugo_text_encode_batch" USING
               BY VALUE NUMBER-KEY BY REFERENCE SYMBOL-ROWS
               BY REFERENCE TEXT-ROWS BY VALUE ROWS
               BY REFERENCE FUGO-ERROR
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
           IF ROW-TEXT (1) (1:44) = EXPECTED-TEXT
                   AND ROW-TEXT (2) = LOW-VALUES
                   AND ROW-TEXT (3) (1:44) = EXPECTED-TEXT
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "the texts are not as expected" UPON SYSERR
           END-IF

      *> A handle of another type is refused.
           CALL "fugo_key_free" USING BY REFERENCE ROOT-KEY
               RETURNING FUGO-STATUS
           IF FUGO-WRONG-HANDLE
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "a root key was freed as a key" UPON SYSERR
           END-IF

           CALL "fugo_key_free" USING BY REFERENCE NUMBER-KEY
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
           CALL "fugo_scope_key_free" USING BY REFERENCE SCOPE-KEY
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
           CALL "fugo_root_key_free" USING BY REFERENCE ROOT-KEY
               RETURNING FUGO-STATUS
           PERFORM EXPECT-OK
           IF NUMBER-KEY = NULL AND SCOPE-KEY = NULL
                   AND ROOT-KEY = NULL
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "a freed handle is not NULL" UPON SYSERR
           END-IF

           MOVE PASSED TO SHOWN-PASSED
           MOVE FAILED TO SHOWN-FAILED
           DISPLAY FUNCTION TRIM (SHOWN-PASSED) " passed, "
               FUNCTION TRIM (SHOWN-FAILED) " failed"
           IF FAILED NOT = 0
               MOVE 1 TO RETURN-CODE
           ELSE
               MOVE 0 TO RETURN-CODE
           END-IF
           STOP RUN.

       EXPECT-OK.
           IF FUGO-OK
               ADD 1 TO PASSED
           ELSE
               ADD 1 TO FAILED
               DISPLAY "a call failed: status " FUGO-STATUS UPON SYSERR
           END-IF.
