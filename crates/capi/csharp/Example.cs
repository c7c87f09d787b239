// The known answers of docs/spec.md, section 6, and refused numbers:   Example DIR
// DIR holds test.key, the plaintext test key file of agency/nta/1 under the root 00 01 … 1f, with mode 600.
// `cargo run -p fugo-capi --example test_key_files -- DIR` makes it. Exits 1 if a result is not the expected one.
using System;
using System.Linq;
using System.Text;
using Fugo;

static class Example
{
    static int passed, failed;

    static void Expect(string what, bool isTrue)
    {
        if (isTrue) { passed++; return; }
        failed++;
        Console.Error.WriteLine("not as expected: " + what);
    }

    static string Hex(byte[] bytes) { return string.Concat(bytes.Select(b => b.ToString("x2"))); }

    static FugoException Refused(Action call)
    {
        try { call(); } catch (FugoException refusal) { return refusal; }
        return null;
    }

    static int Main(string[] arguments)
    {
        Library.Check();
        byte[] number = Encoding.ASCII.GetBytes("123456789018");
        byte[] bytes = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        using (RootKey root = RootKey.FromBytes(bytes))
        using (ScopeKey scopeKey = root.Derive("agency/nta/1"))
        using (SymbolKey key = SymbolKey.New(scopeKey))
        using (ScopeKey insurers = root.Derive("insurers/all/1"))
        using (ScopeKey eligibility = root.Derive("eligibility/all/1"))
        using (SymbolKey both = SymbolKey.Eligibility(insurers, eligibility))
        using (KeyFile file = KeyFile.LoadTestKey(arguments[0] + "/test.key"))
        using (ScopeKey loaded = file.ScopeKey())
        {
            Expect("the tag", Hex(scopeKey.Tag()) == "7c2cb2a1" && Hex(loaded.Tag()) == "7c2cb2a1");
            byte[] symbol = key.Derive(number);
            Expect("the agency's symbol", Hex(symbol) == "aca8b7a2ad979b290c590b2464183640");
            Expect("the eligibility symbol", Hex(both.Derive(number)) == "a2a10d1bae57c12b9a3cb92ecf0a2417");
            string text = key.Encode(symbol);
            Expect("the text", text == "kikan10skt9gdv4zm69tvhnv5sckgty3jpsdjq9rhe7v");
            Expect("the text's symbol", Hex(key.Decode(text)) == Hex(symbol));
            FugoException refusal = Refused(() => both.Decode(text));
            Expect("another purpose is refused",
                refusal != null && refusal.Kind == "wrong-purpose" && refusal.Found == 1);
            refusal = Refused(() => key.Derive(Encoding.ASCII.GetBytes("123456789012")));
            Expect("a wrong check digit is refused",
                refusal != null && refusal.Kind == "check-digit" && refusal.At == null);
            refusal = Refused(() => Library.CheckNumber(Encoding.ASCII.GetBytes("1234x6789018")));
            Expect("a letter is refused", refusal != null && refusal.Kind == "non-digit" && refusal.At == 4);
            Expect("version and level", Library.Version() == "0.1.0"
                && new[] { "sha-ni", "avx512", "avx2", "portable" }.Contains(Library.Level()));
            Expect("the message", refusal != null && refusal.Message.EndsWith(". (at 4)"));

            byte[] rows = Encoding.ASCII.GetBytes("123456789018123456789012123456789018"), symbols = new byte[48];
            int[] statuses = key.DeriveBatch(rows, symbols);
            Expect("the statuses", statuses.SequenceEqual(new[] { 0, 103, 0 }));
            Expect("the rows", Hex(symbols) == Hex(symbol) + new string('0', 32) + Hex(symbol));
        }
        SymbolKey disposed;
        using (RootKey root = RootKey.Random())
        using (ScopeKey scopeKey = root.Derive("agency/nta/1"))
        {
            disposed = SymbolKey.New(scopeKey);
        }
        disposed.Dispose();
        disposed.Dispose();
        bool isRefused = false;
        try { disposed.Derive(number); } catch (ObjectDisposedException) { isRefused = true; }
        Expect("a disposed key is refused before the library is called", isRefused);
        Console.WriteLine("{0} passed, {1} failed", passed, failed);
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}
