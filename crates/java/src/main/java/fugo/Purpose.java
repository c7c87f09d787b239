package fugo;

import java.nio.charset.StandardCharsets;

/**
 * The purpose of symbols: the first part of a {@link Scope}. Later versions may have more, so give a {@code switch} a
 * default.
 */
public enum Purpose {
    /** 機関別符号: one agency. */
    AGENCY(1, "agency", "kikan", "AgencySymbol"),
    /** 保険者全体の機関別符号: all health insurers together, under the one id {@code all}. */
    INSURERS(2, "insurers", "hokensha", "InsurersSymbol"),
    /** 保険資格符号: health-insurance eligibility, under the one id {@code all}. */
    ELIGIBILITY(3, "eligibility", "shikaku", "EligibilitySymbol"),
    /** 地域連携: a regional care network. */
    NETWORK(4, "network", "chiiki", "NetworkSymbol"),
    /** 研究: one provision of data to one study. */
    RESEARCH(5, "research", "kenkyu", "ResearchSymbol"),
    /** 登録: a registry such as the national cancer registry. */
    REGISTRY(6, "registry", "toroku", "RegistrySymbol"),
    /** ポータル (PHR): a person's own portal. */
    PORTAL(7, "portal", "portal", "PortalSymbol");

    private final int code;
    private final String word;
    private final String textPart;
    private final String symbolName;

    Purpose(int code, String word, String textPart, String symbolName) {
        this.code = code;
        this.word = word;
        this.textPart = textPart;
        this.symbolName = symbolName;
    }

    static Purpose ofCode(int code) {
        return values()[code - 1];
    }

    /**
     * Reads the name that scopes and key files use.
     *
     * @param name {@code agency} to {@code portal}
     * @return the purpose
     * @throws ScopeException of kind {@code unknown-purpose}
     */
    public static Purpose parse(String name) {
        return ofCode(Native.parsePurpose(name.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * The byte in a {@linkplain Scope#label label}.
     *
     * @return 1 to 7
     */
    public int code() {
        return code;
    }

    /**
     * The human-readable part of the text form: it names purpose and version.
     *
     * @return {@code kikan} to {@code portal}
     */
    public String textPart() {
        return textPart;
    }

    /**
     * The name of the purpose's symbols.
     *
     * @return {@code AgencySymbol} to {@code PortalSymbol}
     */
    public String symbolName() {
        return symbolName;
    }

    /**
     * The name in scopes and key files.
     *
     * @return {@code agency} to {@code portal}
     */
    @Override
    public String toString() {
        return word;
    }
}
