package fugo;

/**
 * Says whether 9, 10 or 11 ungrouped digits are padded on the left to twelve.
 *
 * <p>Spreadsheets drop leading zeros. But about one in ten 住民票コード of 11 digits passes the check digit by chance once
 * it is padded, and so becomes another person's number. Restore zeros only in columns that are known to hold MyNumbers,
 * and check how many were restored.
 *
 * <p>For an integer, give the text of {@code Long.toString}. If you pad it to twelve digits first, about every tenth
 * row number becomes some person's number.
 */
public enum LostZeros {
    /** Texts with fewer than twelve digits are refused. */
    REFUSE,
    /** Leading zeros are added to 9, 10 or 11 digits without separators. */
    RESTORE
}
