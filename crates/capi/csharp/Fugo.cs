// libfugo for .NET: the declarations of fugo.h, with classes that wrap them. Copy this one file into your project.
// The contract is crates/capi/README.md. Treat every symbol as the number that it represents (個人番号).
using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Fugo
{
    /// <summary>The purpose of symbols.</summary>
    public enum Purpose { Agency = 1, Insurers, Eligibility, Network, Research, Registry, Portal }

    /// <summary>A call of libfugo that failed. It holds offsets and counts, never a part of a value.</summary>
    public sealed class FugoException : Exception
    {
        const ulong None = ulong.MaxValue;
        readonly NativeError error;

        internal FugoException(NativeError error) : base(Sentence(error)) { this.error = error; }

        static string Sentence(NativeError error)
        {
            string places = Place("row", error.Row) + Place("at", error.At) + Place("found", error.Found);
            return Native.Message(error.Status) + (places == "" ? "" : " (" + places.TrimEnd(',', ' ') + ")");
        }

        static string Place(string name, ulong value) { return value == None ? "" : name + " " + value + ", "; }

        /// <summary>The number of the status in fugo.h.</summary>
        public int Status { get { return error.Status; } }

        /// <summary>The reason as one word: non-digit, check-digit, wrong-key and so on.</summary>
        public string Kind { get { return Native.Kind(error.Status); } }

        /// <summary>The row or pair, counted from 0.</summary>
        public ulong? Row { get { return Told(error.Row); } }

        /// <summary>The offset or the line number.</summary>
        public ulong? At { get { return Told(error.At); } }

        /// <summary>The value that was found: a length, a count or a tag.</summary>
        public ulong? Found { get { return Told(error.Found); } }

        static ulong? Told(ulong value) { return value == None ? (ulong?)null : value; }
    }

    [StructLayout(LayoutKind.Sequential)]
    struct NativeError
    {
        internal int Status;
        internal ulong Row, At, Found;
    }

    /// <summary>A handle. SafeHandle frees it once, and never while a call uses it.</summary>
    public abstract class Handle : SafeHandle
    {
        protected Handle() : base(IntPtr.Zero, true) { }

        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }
    }

    /// <summary>A root key. Disposing wipes it.</summary>
    public sealed class RootKey : Handle
    {
        RootKey() { }

        protected override bool ReleaseHandle() { return Native.fugo_root_key_free(ref handle) == 0; }

        /// <summary>A new key from the system's random generator.</summary>
        public static RootKey Random()
        {
            RootKey key;
            NativeError error;
            Native.Check(Native.fugo_root_key_random(out key, out error), error);
            return key;
        }

        /// <summary>Makes a key from 32 bytes. Wipe your own copy.</summary>
        public static RootKey FromBytes(byte[] bytes)
        {
            RootKey key;
            NativeError error;
            Native.Check(Native.fugo_root_key_from_bytes(bytes, Native.Length(bytes), out key, out error), error);
            return key;
        }

        /// <summary>Derives the scope key of a scope, such as agency/nta/1.</summary>
        public ScopeKey Derive(string scope)
        {
            ScopeKey key;
            NativeError error;
            byte[] text = Encoding.UTF8.GetBytes(scope);
            Native.Check(Native.fugo_scope_key_derive(this, text, Native.Length(text), out key, out error), error);
            return key;
        }
    }

    /// <summary>A scope key. Disposing wipes it.</summary>
    public sealed class ScopeKey : Handle
    {
        ScopeKey() { }

        protected override bool ReleaseHandle() { return Native.fugo_scope_key_free(ref handle) == 0; }

        /// <summary>The key tag: four bytes that identify the key.</summary>
        public byte[] Tag()
        {
            NativeError error;
            byte[] tag = new byte[4];
            Native.Check(Native.fugo_scope_key_tag(this, tag, Native.Length(tag), out error), error);
            return tag;
        }
    }

    /// <summary>The content of a key file. Disposing wipes it.</summary>
    public sealed class KeyFile : Handle
    {
        KeyFile() { }

        protected override bool ReleaseHandle() { return Native.fugo_key_file_free(ref handle) == 0; }

        enum Unlock { None, Passphrase, PassphraseFile, IdentityFile, TestKeys = 16 }

        /// <summary>Loads a test key that is not locked.</summary>
        public static KeyFile LoadTestKey(string path)
        {
            return Load(path, Unlock.None | Unlock.TestKeys, new byte[0]);
        }

        /// <summary>Loads a key file with a passphrase file, which only its owner may read. The passphrase is its first
        /// line.</summary>
        public static KeyFile LoadWithPassphraseFile(string path, string passphraseFile)
        {
            return Load(path, Unlock.PassphraseFile, Encoding.UTF8.GetBytes(passphraseFile));
        }

        /// <summary>Loads a key file with an age identity file, which only its owner may read.</summary>
        public static KeyFile LoadWithIdentityFile(string path, string identityFile)
        {
            return Load(path, Unlock.IdentityFile, Encoding.UTF8.GetBytes(identityFile));
        }

        static KeyFile Load(string path, Unlock how, byte[] with)
        {
            KeyFile file;
            NativeError error;
            byte[] place = Encoding.UTF8.GetBytes(path);
            Native.Check(Native.fugo_key_file_load(place, Native.Length(place), (int)how, with, Native.Length(with),
                out file, out error), error);
            return file;
        }

        /// <summary>The scope key of the file.</summary>
        public ScopeKey ScopeKey()
        {
            ScopeKey key;
            NativeError error;
            Native.Check(Native.fugo_key_file_scope_key(this, out key, out error), error);
            return key;
        }
    }

    /// <summary>A prepared key. Several threads may use it at once. Disposing wipes it.</summary>
    public sealed class SymbolKey : Handle
    {
        /// <summary>The digits of a number and the bytes of a symbol.</summary>
        public const int NumberLength = 12, SymbolLength = 16;
        const int TextSize = 48, RowsRefused = 20;

        SymbolKey() { }

        protected override bool ReleaseHandle() { return Native.fugo_key_free(ref handle) == 0; }

        /// <summary>Prepares a scope key of any purpose but eligibility.</summary>
        public static SymbolKey New(ScopeKey key)
        {
            SymbolKey made;
            NativeError error;
            Native.Check(Native.fugo_key_new(key, out made, out error), error);
            return made;
        }

        /// <summary>Prepares both keys of the eligibility symbol. The insurers' key must be of epoch 1.</summary>
        public static SymbolKey Eligibility(ScopeKey insurers, ScopeKey eligibility)
        {
            SymbolKey made;
            NativeError error;
            Native.Check(Native.fugo_key_eligibility(insurers, eligibility, out made, out error), error);
            return made;
        }

        /// <summary>The symbol of twelve ASCII digits.</summary>
        public byte[] Derive(byte[] number)
        {
            NativeError error;
            byte[] symbol = new byte[SymbolLength];
            int status = Native.fugo_derive(this, number, Native.Length(number), symbol, Native.Length(symbol),
                out error);
            Native.Check(status, error);
            return symbol;
        }

        /// <summary>
        /// Derives a symbol of 16 bytes for each row of 12 digits, into the caller's buffer. Returns one status per
        /// row: 0, or the reason of the refusal. A refused row is zeros.
        /// </summary>
        public int[] DeriveBatch(byte[] numbers, byte[] symbols)
        {
            if (numbers.Length % NumberLength != 0 || symbols.Length % SymbolLength != 0
                || numbers.Length / NumberLength != symbols.Length / SymbolLength)
            {
                throw new ArgumentException("symbols needs 16 bytes for each 12 digits of numbers");
            }
            NativeError error;
            int[] statuses = new int[numbers.Length / NumberLength];
            int status = Native.fugo_derive_batch(this, numbers, symbols, (UIntPtr)statuses.Length, statuses,
                IntPtr.Zero, out error);
            if (status != RowsRefused)
            {
                Native.Check(status, error);
            }
            return statuses;
        }

        /// <summary>The text form of a symbol, with purpose, version, key tag and checksum.</summary>
        public string Encode(byte[] symbol)
        {
            NativeError error;
            byte[] text = new byte[TextSize];
            int status = Native.fugo_text_encode(this, symbol, Native.Length(symbol), text, Native.Length(text),
                out error);
            Native.Check(status, error);
            return Encoding.ASCII.GetString(text).TrimEnd('\0');
        }

        /// <summary>The symbol of a text form, which must belong to this key.</summary>
        public byte[] Decode(string text)
        {
            NativeError error;
            byte[] symbol = new byte[SymbolLength], bytes = Encoding.UTF8.GetBytes(text);
            int status = Native.fugo_text_decode(this, bytes, Native.Length(bytes), symbol, Native.Length(symbol),
                out error);
            Native.Check(status, error);
            return symbol;
        }
    }

    /// <summary>Numbers, and the library itself.</summary>
    public static class Library
    {
        /// <summary>The version of fugo.h that matches these declarations. Call Check once.</summary>
        const uint Header = 0 << 16 | 1 << 8 | 0;

        /// <summary>Throws unless the library is compatible with these declarations.</summary>
        public static void Check() { Native.Check(Native.fugo_version_check(Header), new NativeError { Status = 7 }); }

        /// <summary>The version of the library that was found, such as 0.1.0.</summary>
        public static string Version() { return Marshal.PtrToStringAnsi(Native.fugo_version_text()); }

        /// <summary>How batches are derived on this processor: sha-ni, avx512, avx2 or portable.</summary>
        public static string Level() { return Marshal.PtrToStringAnsi(Native.fugo_level()); }

        /// <summary>Throws unless this is a MyNumber: twelve ASCII digits with a check digit.</summary>
        public static void CheckNumber(byte[] text)
        {
            NativeError error;
            Native.Check(Native.fugo_number_check(text, Native.Length(text), out error), error);
        }
    }

    static class Native
    {
        // libfugo.so on Linux, libfugo.dylib on macOS, fugo.dll on Windows.
        const string Name = "fugo";
        const CallingConvention C = CallingConvention.Cdecl;

        internal static void Check(int status, NativeError error)
        {
            if (status != 0)
            {
                throw new FugoException(error);
            }
        }

        internal static UIntPtr Length(byte[] bytes)
        {
            if (bytes == null) throw new ArgumentNullException("bytes");
            return (UIntPtr)(ulong)bytes.LongLength;
        }

        internal static string Kind(int status) { return Marshal.PtrToStringAnsi(fugo_status_kind(status)); }

        internal static string Message(int status) { return Marshal.PtrToStringAnsi(fugo_status_message(status)); }

        [DllImport(Name, CallingConvention = C)] internal static extern int fugo_version_check(uint header);
        [DllImport(Name, CallingConvention = C)] internal static extern IntPtr fugo_version_text();
        [DllImport(Name, CallingConvention = C)] internal static extern IntPtr fugo_level();
        [DllImport(Name, CallingConvention = C)] internal static extern IntPtr fugo_status_kind(int status);
        [DllImport(Name, CallingConvention = C)] internal static extern IntPtr fugo_status_message(int status);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_number_check(byte[] text, UIntPtr textLen, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_root_key_random(out RootKey key, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_root_key_from_bytes(byte[] bytes, UIntPtr len, out RootKey key,
            out NativeError error);

        [DllImport(Name, CallingConvention = C)] internal static extern int fugo_root_key_free(ref IntPtr key);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_scope_key_derive(RootKey root, byte[] scope, UIntPtr scopeLen, out ScopeKey key,
            out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_scope_key_tag(ScopeKey key, byte[] tag, UIntPtr tagLen, out NativeError error);

        [DllImport(Name, CallingConvention = C)] internal static extern int fugo_scope_key_free(ref IntPtr key);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_key_file_load(byte[] path, UIntPtr pathLen, int how, byte[] unlock,
            UIntPtr unlockLen, out KeyFile file, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_key_file_scope_key(KeyFile file, out ScopeKey key, out NativeError error);

        [DllImport(Name, CallingConvention = C)] internal static extern int fugo_key_file_free(ref IntPtr file);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_key_new(ScopeKey key, out SymbolKey made, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_key_eligibility(ScopeKey insurers, ScopeKey eligibility, out SymbolKey made,
            out NativeError error);

        [DllImport(Name, CallingConvention = C)] internal static extern int fugo_key_free(ref IntPtr key);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_derive(SymbolKey key, byte[] number, UIntPtr numberLen, [Out] byte[] symbol,
            UIntPtr symbolLen, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_derive_batch(SymbolKey key, byte[] numbers, [Out] byte[] symbols, UIntPtr count,
            [Out] int[] statuses, IntPtr refused, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_text_encode(SymbolKey key, byte[] symbol, UIntPtr symbolLen, [Out] byte[] text,
            UIntPtr textSize, out NativeError error);

        [DllImport(Name, CallingConvention = C)]
        internal static extern int fugo_text_decode(SymbolKey key, byte[] text, UIntPtr textLen, [Out] byte[] symbol,
            UIntPtr symbolLen, out NativeError error);
    }
}
