package fugo;

/**
 * Whether 9, 10 or 11 ungrouped digits are padded on the left to twelve.
 *
 * <p>Spreadsheets drop leading zeros. But one 11-digit 住民票コード in ten passes the check digit by chance once it is
 * padded, and so becomes another person's number: restore only in columns known to hold MyNumbers, and look at how many
 * were restored.
 *
 * <p>For an integer, give the text of {@code Long.toString}. Padding it to twelve digits first would make a person of
 * every tenth row number.
 */
public enum LostZeros {
    /** Anything but twelve digits is refused. */
    REFUSE,
    /** 9, 10 or 11 digits without separators get their zeros back. */
    RESTORE
}
