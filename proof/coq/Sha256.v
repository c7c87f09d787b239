(** * SHA-256 and HMAC-SHA-256, executable

    FIPS 180-4 and RFC 2104 over lists of bytes, a byte being a number below 256 in binary. The same definitions
    stand in the theorems and are evaluated on the vectors. *)

From Coq Require Import NArith.
From mathcomp Require Import all_ssreflect.
Set Implicit Arguments.
Unset Strict Implicit.
Unset Printing Implicit Defensive.

Definition bytes := seq N.

(** ** Words of 32 bits *)

Definition low32 (x : N) : N := N.land x 4294967295%num.
Definition add32 (x y : N) : N := low32 (N.add x y).
Definition rotr (n x : N) : N := N.lor (N.shiftr x n) (low32 (N.shiftl x (N.sub 32 n))).
Definition xor3 (x y z : N) : N := N.lxor x (N.lxor y z).

Definition big_sigma0 x := xor3 (rotr 2 x) (rotr 13 x) (rotr 22 x).
Definition big_sigma1 x := xor3 (rotr 6 x) (rotr 11 x) (rotr 25 x).
Definition small_sigma0 x := xor3 (rotr 7 x) (rotr 18 x) (N.shiftr x 3).
Definition small_sigma1 x := xor3 (rotr 17 x) (rotr 19 x) (N.shiftr x 10).
Definition choose x y z := N.lxor (N.land x y) (N.land (N.lxor x 4294967295%num) z).
Definition majority x y z := xor3 (N.land x y) (N.land x z) (N.land y z).

Definition word (a b c d : N) : N :=
  N.lor (N.shiftl a 24) (N.lor (N.shiftl b 16) (N.lor (N.shiftl c 8) d)).

Fixpoint words (s : bytes) : seq N :=
  if s is a :: b :: c :: d :: s' then word a b c d :: words s' else [::].

Definition byte_at (x shift : N) : N := N.modulo (N.shiftr x shift) 256.
Definition word_bytes (x : N) : bytes := [:: byte_at x 24; byte_at x 16; byte_at x 8; byte_at x 0].

(** ** Compression *)

Definition round_constants : seq N := [::
  1116352408; 1899447441; 3049323471; 3921009573; 961987163; 1508970993; 2453635748; 2870763221; 3624381080;
  310598401; 607225278; 1426881987; 1925078388; 2162078206; 2614888103; 3248222580; 3835390401; 4022224774;
  264347078; 604807628; 770255983; 1249150122; 1555081692; 1996064986; 2554220882; 2821834349; 2952996808;
  3210313671; 3336571891; 3584528711; 113926993; 338241895; 666307205; 773529912; 1294757372; 1396182291;
  1695183700; 1986661051; 2177026350; 2456956037; 2730485921; 2820302411; 3259730800; 3345764771; 3516065817;
  3600352804; 4094571909; 275423344; 430227734; 506948616; 659060556; 883997877; 958139571; 1322822218;
  1537002063; 1747873779; 1955562222; 2024104815; 2227730452; 2361852424; 2428436474; 2756734187; 3204031479;
  3329325298]%num.

Record registers := Registers { ra : N; rb : N; rc : N; rd : N; re : N; rf : N; rg : N; rh : N }.

Definition registers_of (st : bytes) : registers :=
  let w := words st in let at_ := nth 0%num w in
  Registers (at_ 0) (at_ 1) (at_ 2) (at_ 3) (at_ 4) (at_ 5) (at_ 6) (at_ 7).

(** One round; the window holds the next sixteen words of the message schedule. *)
Definition sha_round (s : registers * seq N) (k : N) : registers * seq N :=
  let: (r, window) := s in
  let w := nth 0%num window 0 in
  let t1 := add32 (rh r) (add32 (big_sigma1 (re r)) (add32 (choose (re r) (rf r) (rg r)) (add32 k w))) in
  let t2 := add32 (big_sigma0 (ra r)) (majority (ra r) (rb r) (rc r)) in
  let next := add32 (small_sigma1 (nth 0%num window 14))
               (add32 (nth 0%num window 9) (add32 (small_sigma0 (nth 0%num window 1)) w)) in
  (Registers (add32 t1 t2) (ra r) (rb r) (rc r) (add32 (rd r) t1) (re r) (rf r) (rg r),
   rcons (behead window) next).

Definition sum_bytes (r s : registers) : bytes :=
  word_bytes (add32 (ra r) (ra s)) ++ word_bytes (add32 (rb r) (rb s)) ++ word_bytes (add32 (rc r) (rc s)) ++
  word_bytes (add32 (rd r) (rd s)) ++ word_bytes (add32 (re r) (re s)) ++ word_bytes (add32 (rf r) (rf s)) ++
  word_bytes (add32 (rg r) (rg s)) ++ word_bytes (add32 (rh r) (rh s)).

(** 32 bytes of state and 64 of block to 32 of state. *)
Definition compress (st block : bytes) : bytes :=
  let r := registers_of st in
  sum_bytes r (foldl sha_round (r, words block) round_constants).1.

Definition initial_state : bytes :=
  flatten (map word_bytes [:: 1779033703; 3144134277; 1013904242; 2773480762; 1359893119; 2600822924; 528734635;
                              1541459225]%num).

(** ** Hash and HMAC *)

(** The bit length in eight bytes. *)
Definition length_bytes (n : nat) : bytes :=
  map (byte_at (N.mul 8 (N.of_nat n))) [:: 56; 48; 40; 32; 24; 16; 8; 0]%num.

Definition padded (m : bytes) : bytes :=
  m ++ 128%num :: nseq ((119 - size m %% 64) %% 64) 0%num ++ length_bytes (size m).

Fixpoint blocks (n : nat) (s : bytes) : seq bytes :=
  if n is n'.+1 then take 64 s :: blocks n' (drop 64 s) else [::].

Definition sha256 (m : bytes) : bytes :=
  foldl compress initial_state (blocks (size (padded m) %/ 64) (padded m)).

Definition key_block (k : bytes) : bytes :=
  let k' := if size k <= 64 then k else sha256 k in k' ++ nseq (64 - size k') 0%num.
Definition xored (x : N) (s : bytes) : bytes := map (fun b => N.modulo (N.lxor x b) 256) s.
Definition inner_block (k : bytes) : bytes := xored 54 (key_block k).
Definition outer_block (k : bytes) : bytes := xored 92 (key_block k).

Definition hmac_sha256 (k m : bytes) : bytes := sha256 (outer_block k ++ sha256 (inner_block k ++ m)).

(** ** Sizes *)

Definition is_byte (b : N) : bool := N.ltb b 256.
Arguments is_byte : simpl never.
Arguments byte_at : simpl never.

Lemma byte_at_is_byte x s : is_byte (byte_at x s).
Proof. by apply/N.ltb_lt/N.mod_lt. Qed.

Lemma word_bytes_bytes x : all is_byte (word_bytes x).
Proof.
by apply/allP => b; rewrite !inE => /or4P[] /eqP ->; exact: byte_at_is_byte.
Qed.

Lemma size_compress st b : size (compress st b) = 32.
Proof. by rewrite /compress; move: (registers_of st) (foldl _ _ _).1 => r s. Qed.

Lemma compress_bytes st b : all is_byte (compress st b).
Proof.
rewrite /compress; move: (registers_of st) (foldl _ _ _).1 => r s.
by rewrite /sum_bytes !all_cat !word_bytes_bytes.
Qed.

Opaque compress.

Lemma size_sha256 m : size (sha256 m) = 32.
Proof.
rewrite /sha256; move: (blocks _ _) => bs; have : size initial_state = 32 by [].
by elim: bs (initial_state) => //= b bs IH st _; apply: IH; exact: size_compress.
Qed.

Lemma length_bytes_bytes n : all is_byte (length_bytes n).
Proof. by apply/allP => _ /mapP[s _ ->]; exact: byte_at_is_byte. Qed.

Lemma size_inner_block k : size k <= 64 -> size (inner_block k) = 64.
Proof. by move=> k64; rewrite size_map size_cat k64 size_nseq subnKC. Qed.

Lemma size_outer_block k : size k <= 64 -> size (outer_block k) = 64.
Proof. by move=> k64; rewrite size_map size_cat k64 size_nseq subnKC. Qed.

Lemma xored_bytes x s : all is_byte (xored x s).
Proof. by apply/allP => _ /mapP[b _ ->]; apply/N.ltb_lt/N.mod_lt. Qed.

(** ** HMAC is the cascade

    A message of at most 55 bytes after one block of key needs exactly one more block. *)

Definition last_block (m : bytes) : bytes :=
  m ++ 128%num :: nseq (55 - size m) 0%num ++ length_bytes (64 + size m).

Lemma size_last_block m : size m <= 55 -> size (last_block m) = 64.
Proof.
move=> m55; rewrite size_cat /= size_cat size_nseq size_map /=.
by rewrite addnS addnA subnKC.
Qed.

Lemma last_block_bytes m : all is_byte m -> all is_byte (last_block m).
Proof.
move=> mb; rewrite all_cat mb /= all_cat length_bytes_bytes andbT.
by apply/allP => b /nseqP[-> _].
Qed.

Lemma sha256_two_blocks b m : size b = 64 -> size m <= 55 ->
  sha256 (b ++ m) = compress (compress initial_state b) (last_block m).
Proof.
move=> b64 m55.
have -> : sha256 (b ++ m) = foldl compress initial_state (blocks (size (b ++ last_block m) %/ 64) (b ++ last_block m)).
  rewrite /sha256; have -> // : padded (b ++ m) = b ++ last_block m.
  have s64 : size m %% 64 = size m by rewrite modn_small // ltnS (leq_trans m55).
  have zeros : (119 - size m) %% 64 = 55 - size m.
    by rewrite -[119]/(64 + 55) -addnBA // modnDl modn_small // ltnS (leq_trans (leq_subr _ _)).
  by rewrite /padded size_cat b64 -catA modnDl s64 zeros.
have -> : size (b ++ last_block m) %/ 64 = 2 by rewrite size_cat b64 size_last_block.
have two f (z : bytes) s : foldl f z (blocks 2 s) = f (f z (take 64 s)) (take 64 (drop 64 s)) by [].
have whole : take 64 (last_block m) = last_block m by apply: take_oversize; rewrite size_last_block.
by rewrite two (take_size_cat _ b64) (drop_size_cat _ b64) whole.
Qed.

Theorem hmac_is_cascade k m : size k <= 64 -> size m <= 55 ->
  hmac_sha256 k m =
  compress (compress initial_state (outer_block k))
           (last_block (compress (compress initial_state (inner_block k)) (last_block m))).
Proof.
move=> k64 m55; rewrite /hmac_sha256 (sha256_two_blocks (size_inner_block k64) m55).
have size55 st b : size (compress st b) <= 55 by rewrite size_compress.
exact: sha256_two_blocks (size_outer_block k64) (size55 _ _).
Qed.

Lemma injective_below (T : eqType) (f : nat -> T) n i j :
  uniq [seq f x | x <- iota 0 n] -> i < n -> j < n -> f i = f j -> i = j.
Proof.
move=> u iN jN e; have nthE x : x < n -> nth (f 0) [seq f x | x <- iota 0 n] x = f x.
  by move=> xN; rewrite (nth_map 0) ?size_iota // nth_iota.
have := nth_uniq (f 0) _ _ u; rewrite size_map size_iota => /(_ i j iN jN).
by rewrite !nthE // e eqxx => /esym/eqP.
Qed.

(** The last block tells its message. *)
Lemma last_block_inj m m' : size m <= 55 -> size m' <= 55 -> last_block m = last_block m' -> m = m'.
Proof.
move=> m55 m'55 e.
have tail s : size s <= 55 -> drop 56 (last_block s) = length_bytes (64 + size s).
  move=> s55; rewrite /last_block -cat1s !catA drop_size_cat //.
  by rewrite !size_cat size_nseq addn1 addSn subnKC.
have distinct : uniq [seq length_bytes (64 + i) | i <- iota 0 56] by vm_compute.
have le : length_bytes (64 + size m) = length_bytes (64 + size m').
  by rewrite -(tail m m55) -(tail m' m'55) e.
have sizes : size m = size m' := injective_below (f := fun i => length_bytes (64 + i)) distinct m55 m'55 le.
have heads := congr1 (take (size m)) e.
by move: heads; rewrite {2}sizes /last_block (take_size_cat _ erefl) (take_size_cat _ erefl).
Qed.
