"""Synthetic SIPAS-like population, samples and bulk responses (a synthetic population).

The population: 34 provinces x communes x villages x adult service users, Vietnam-sized
(about 3,300 communes, 60,000 villages, 70 million adults).  People are never stored.  The
answer to item j of person i in village v is an ordered probit:

    z = a_j + P_province + C_commune + V_village + D_demography + K_procedure
        + load_j * f_i + e_ij          (f_i, e_ij ~ N(0,1))
    answer = 1 + number of cut points below z        (1..5; 0 = not applicable / missing)

so the exact population value of every item mean, top-2-box share and composite index
follows from the normal CDF, summed over villages and demography x procedure cells: `truth()`.
(The finite-population deviation from it is < 1e-3 standard errors of any sample here.)

Samples
  * draw_sample(): stratified 3-stage probability sample.  Strata = provinces; PSU = communes
    by PPS systematic on an *outdated* size measure; SSU = villages by PPS systematic; a fixed
    take of people by SRS; optional non-response.  Weight = 1 / (pi1 * pi2 * pi3).
    (Under PPS systematic with small f1, the with-replacement PSU variance is slightly conservative.)
  * draw_volunteers(): open web/QR/SMS channels: response propensity depends on age, education
    and on the person's own latent satisfaction f_i, so it is biased; raking on demography
    removes only the demographic part of the bias.
  * stream(n) / write_parquet(path, n): n responses (10 million and more) in chunks: memory is
    bounded by one chunk (about 100 MB at the default 250,000 rows).

Command line
  python -m benchmarks.sipas_population truth
  python -m benchmarks.sipas_population sample   OUT.parquet [--seed S]
  python -m benchmarks.sipas_population parquet  OUT.parquet --rows 10000000 [--seed S]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

# P, J, C, V, T: numbers of provinces, items, communes, villages, as in the formulas
# ruff: noqa: N806

SEX = ("F", "M")
AGE = ("18-29", "30-44", "45-59", "60+")
EDU = ("primary", "secondary", "college")
AREA = ("rural", "urban")
FACTORS = ("access", "procedure", "staff", "result", "feedback")
PROCEDURES = (
    "land",
    "civil_status",
    "business",
    "social_benefit",
    "transport",
    "construction",
    "identity",
    "other",
)
CHANNELS = ("interview", "web", "qr", "sms")


@dataclass
class Frame:
    """One row per village, villages sorted by commune, communes by province."""

    province: np.ndarray
    commune: np.ndarray  # int: province of village, commune of village
    n: np.ndarray
    mos: np.ndarray  # true adults; outdated size measure used for PPS
    loc: np.ndarray  # latent location: province + commune + village effect
    urban: np.ndarray
    commune_start: np.ndarray
    commune_province: np.ndarray


class SipasPopulation:
    def __init__(
        self,
        seed: int = 2026,
        n_items: int = 30,
        n_provinces: int = 34,
        communes_per_province=(40, 160),
        villages_per_commune=(8, 28),
        sd_province=0.15,
        sd_commune=0.25,
        sd_village=0.15,
        loading=(0.5, 0.9),
    ):
        if not 1 <= n_items <= 200:
            raise ValueError("n_items")
        r = np.random.default_rng(seed)
        self.seed, self.n_items = seed, n_items
        nc = r.integers(communes_per_province[0], communes_per_province[1] + 1, n_provinces)
        cprov = np.repeat(np.arange(n_provinces), nc)
        C = cprov.size
        nv = r.integers(villages_per_commune[0], villages_per_commune[1] + 1, C)
        com = np.repeat(np.arange(C), nv)
        V = com.size
        curban = r.random(C) < r.beta(2, 3, n_provinces)[cprov]
        size = np.exp(r.normal(6.9, 0.45, V)) * np.where(curban[com], 1.5, 1.0)
        n = np.maximum(60, size.round()).astype(np.int64)
        mos = np.maximum(30, n * np.exp(r.normal(0, 0.20, V))).round()
        loc = (r.normal(0, sd_province, n_provinces)[cprov] + r.normal(0, sd_commune, C) + 0.10 * curban)[
            com
        ] + r.normal(0, sd_village, V)
        start = np.concatenate([[0], np.cumsum(nv)])
        self.frame = Frame(cprov[com], com, n, mos, loc, curban[com], start, cprov)
        self.n_provinces, self.n_communes, self.n_villages, self.N = n_provinces, C, V, int(n.sum())
        # demography: joint cells (sex, age, edu); probabilities depend on rural/urban only
        self.cells = np.array([(s, a, e) for s in range(2) for a in range(4) for e in range(3)])
        base = np.array([[0.52, 0.48], [0.24, 0.33, 0.26, 0.17], [0.30, 0.50, 0.20]], dtype=object)

        def joint(edu):
            p = np.array(
                [
                    base[0][s] * base[1][a] * edu[e] * (1.3 if (a == 3 and e == 0) else 1.0)
                    for s, a, e in self.cells
                ]
            )
            return p / p.sum()

        self.cell_p = np.stack([joint([0.36, 0.50, 0.14]), joint([0.17, 0.48, 0.35])])
        s, a, e = self.cells.T
        self.cell_shift = (
            np.array([0.03, -0.03])[s]
            + np.array([-0.12, -0.04, 0.05, 0.16])[a]
            + np.array([0.10, 0.0, -0.14])[e]
        )
        self.proc_p = r.dirichlet(np.array([3, 4, 1, 2, 2, 1, 4, 2.0]), n_provinces)
        self.proc_shift = np.array([-0.35, 0.20, -0.10, 0.05, 0.0, -0.30, 0.25, 0.0])
        # items
        self.factor = np.arange(n_items) % len(FACTORS)
        self.a = r.normal(0, 0.15, n_items) + np.array([0.10, -0.05, 0.15, 0.20, -0.20])[self.factor]
        self.load = r.uniform(loading[0], loading[1], n_items)
        self.cuts = np.sort(
            np.array([-2.0, -1.1, -0.2, 1.1])[None, :] + r.normal(0, 0.08, (n_items, 4)), axis=1
        )
        self.p_na = np.where(self.factor == 4, 0.35, 0.01)  # feedback items: most people never complained
        self.index_weights = np.full(n_items, 1.0 / n_items)
        self.items = [f"q{j + 1:02d}" for j in range(n_items)]

    # ---------------------------------------------------------------- truth
    def truth(self) -> dict:
        """Exact means, top-2-box shares (>= 4) of applicable answers, index: nation and province; margins."""
        f = self.frame
        P, J = self.n_provinces, self.n_items
        # integrate the village location within province x urban on a fine histogram weighted by n (error < 1e-6)
        mean = np.zeros((P, J))
        top2 = np.zeros((P, J))
        size = np.zeros(P)
        edges = np.linspace(f.loc.min() - 1e-9, f.loc.max() + 1e-9, 401)
        sd = np.sqrt(1 + self.load**2)
        shift = (self.cell_shift[:, None] + self.proc_shift[None, :]).ravel()  # demography x procedure
        for p in range(P):
            for u in (0, 1):
                m = (f.province == p) & (f.urban == bool(u))
                if not m.any():
                    continue
                h, _ = np.histogram(f.loc[m], edges, weights=f.n[m])
                hx, _ = np.histogram(f.loc[m], edges, weights=f.n[m] * f.loc[m])
                k = h > 0
                loc = hx[k] / h[k]
                w = h[k]
                cp = (self.cell_p[u][:, None] * self.proc_p[p][None, :]).ravel()
                for j in range(J):  # grid: location x (cell,procedure)
                    z = loc[:, None] + shift[None, :] + self.a[j]
                    ey = 1.0
                    g3 = None
                    for c in range(4):
                        q = ndtr((z - self.cuts[j, c]) / sd[j]) @ cp
                        ey = ey + q
                        g3 = q if c == 2 else g3
                    mean[p, j] += w @ ey
                    top2[p, j] += w @ g3
                size[p] += w.sum()
        mean /= size[:, None]
        top2 /= size[:, None]
        wp = size / size.sum()
        nu = np.array([f.n[~f.urban].sum(), f.n[f.urban].sum()], float)
        pc = nu @ self.cell_p
        marg = {
            "sex": np.bincount(self.cells[:, 0], pc),
            "age": np.bincount(self.cells[:, 1], pc),
            "edu": np.bincount(self.cells[:, 2], pc),
            "area": nu,
            "province": size,
        }
        return {
            "N": self.N,
            "mean": wp @ mean,
            "top2": wp @ top2,
            "mean_province": mean,
            "top2_province": top2,
            "size_province": size,
            "index": float(wp @ mean @ self.index_weights),
            "index_province": mean @ self.index_weights,
            "margins": marg,
        }

    # ---------------------------------------------------------------- answers
    def _people(self, v: np.ndarray, r: np.random.Generator, tilt: float = 0.0, demo_tilt=None) -> dict:
        """People in villages v: demography, procedure, latent f and answers (int8, 0 = NA)."""
        f = self.frame
        n = v.size
        u = f.urban[v].astype(np.int8)
        cp = self.cell_p
        if demo_tilt is not None:
            cp = cp * demo_tilt[None, :]
            cp = cp / cp.sum(1, keepdims=True)
        cum = np.cumsum(cp, 1)
        x = r.random(n, dtype=np.float32)
        cell = np.where(u == 1, np.searchsorted(cum[1], x), np.searchsorted(cum[0], x)).clip(
            0, len(self.cells) - 1
        )
        pc = (
            np.cumsum(self.proc_p, 1) + np.arange(self.n_provinces)[:, None]
        )  # one sorted vector for all provinces
        prov = f.province[v]
        proc = (np.searchsorted(pc.ravel(), r.random(n) * (1 - 1e-12) + prov) - prov * len(PROCEDURES)).clip(
            0, len(PROCEDURES) - 1
        )
        lat = r.standard_normal(n, dtype=np.float32) + np.float32(tilt)
        base = (f.loc[v] + self.cell_shift[cell] + self.proc_shift[proc]).astype(np.float32)
        ans = np.empty((self.n_items, n), np.int8)  # item-major: columns contiguous
        for j in range(self.n_items):
            z = r.standard_normal(n, dtype=np.float32)
            z += base
            z += np.float32(self.load[j]) * lat
            z += np.float32(self.a[j])
            y = ans[j]
            y.fill(1)
            for c in self.cuts[j]:
                y += z > np.float32(c)
            if self.p_na[j] > 0:
                y[r.random(n, dtype=np.float32) < self.p_na[j]] = 0
        d = self.cells[cell].astype(np.int8)
        return {
            "village": v.astype(np.int32),
            "commune": f.commune[v].astype(np.int32),
            "province": prov.astype(np.int8),
            "urban": u,
            "sex": d[:, 0],
            "age": d[:, 1],
            "edu": d[:, 2],
            "procedure": proc.astype(np.int8),
            "answers": ans,
            "latent": lat,
        }

    # ---------------------------------------------------------------- probability sample
    @staticmethod
    def _pps_systematic(size: np.ndarray, k: int, r: np.random.Generator):
        """Indices and inclusion probabilities of k units by PPS systematic (random order; certainties first)."""
        p = np.zeros(size.size)
        rest = np.ones(size.size, bool)
        kk = k
        while kk > 0:
            q = kk * size / size[rest].sum()
            big = rest & (q >= 1)
            if not big.any():
                p[rest] = q[rest]
                break
            p[big] = 1.0
            rest &= ~big
            kk = k - int((~rest).sum())
            if not rest.any():
                break
        o = r.permutation(size.size)
        c = np.cumsum(p[o])
        t = r.random() + np.arange(k)
        i = o[np.searchsorted(c, t[t < c[-1] + 1e-9]).clip(0, size.size - 1)]
        return i, p[i]

    def draw_sample(
        self, seed: int, communes: int = 6, villages: int = 3, take: int = 15, response_rate: float = 1.0
    ) -> dict:
        """Stratified 3-stage sample.  Returns columns, `weight`, `stratum` (= province), `psu` (= commune)."""
        r = np.random.default_rng([self.seed, seed])
        f = self.frame
        st = f.commune_start
        com_mos = np.add.reduceat(f.mos, st[:-1])
        vs, ws = [], []
        for p in range(self.n_provinces):
            cc = np.flatnonzero(f.commune_province == p)
            ci, p1 = self._pps_systematic(com_mos[cc], min(communes, cc.size), r)
            for c, pi1 in zip(cc[ci], p1, strict=False):
                lo, hi = st[c], st[c + 1]
                vi, p2 = self._pps_systematic(f.mos[lo:hi], min(villages, hi - lo), r)
                vs.append(lo + vi)
                ws.append(f.n[lo + vi] / take / (pi1 * p2))
        v = np.repeat(np.concatenate(vs), take)
        w = np.repeat(np.concatenate(ws), take)
        if response_rate < 1:
            keep = r.random(v.size) < response_rate
            adj = np.bincount(v, minlength=self.n_villages) / np.maximum(
                1, np.bincount(v[keep], minlength=self.n_villages)
            )
            v, w = v[keep], w[keep] * adj[v[keep]]
        d = self._people(v, r)
        d.update(weight=w, stratum=d["province"], psu=d["commune"], channel=np.zeros(v.size, np.int8))
        return d

    def draw_volunteers(self, seed: int, n: int = 20000, tilt: float = -0.35) -> dict:
        """Self-selected answers: younger, better educated and (tilt < 0) less satisfied than the population."""
        r = np.random.default_rng([self.seed, seed, 7])
        f = self.frame
        mult = np.array([1.9, 1.4, 0.7, 0.25])[self.cells[:, 1]] * np.array([0.4, 1.0, 2.2])[self.cells[:, 2]]
        p = f.n * np.where(f.urban, 1.6, 1.0)
        v = np.sort(r.choice(self.n_villages, n, p=p / p.sum()))
        d = self._people(v, r, tilt=tilt, demo_tilt=mult)
        d.update(
            weight=np.full(n, self.N / n),
            stratum=d["province"],
            psu=d["commune"],
            channel=r.integers(1, 4, n).astype(np.int8),
        )
        return d

    # ---------------------------------------------------------------- bulk
    def stream(self, n: int, seed: int = 1, chunk: int = 250_000, volunteers: float = 0.3):
        """Yield dicts of at most `chunk` responses, n in all; weights vary by province."""
        f = self.frame
        p = np.cumsum(f.n / self.N)
        for k, lo in enumerate(range(0, n, chunk)):
            r = np.random.default_rng([self.seed, seed, k])
            m = min(chunk, n - lo)
            v = np.sort(np.searchsorted(p, r.random(m)).clip(0, self.n_villages - 1))
            d = self._people(v, r)
            w = (
                (self.N / n)
                * np.exp(r.normal(-0.02, 0.2, self.n_provinces))[d["province"]]
                * r.uniform(0.6, 1.4, m)
            )
            ch = np.where(r.random(m) < volunteers, r.integers(1, 4, m), 0).astype(np.int8)
            d.update(
                weight=w,
                stratum=d["province"],
                psu=d["commune"],
                channel=ch,
                id=np.arange(lo, lo + m, dtype=np.int64),
            )
            yield d

    def table(self, d: dict):
        import pyarrow as pa

        cols = {
            k: d[k]
            for k in (
                "id",
                "province",
                "commune",
                "village",
                "urban",
                "sex",
                "age",
                "edu",
                "procedure",
                "channel",
                "weight",
            )
            if k in d
        }
        for j, name in enumerate(self.items):
            cols[name] = d["answers"][j]
        return pa.table(cols)

    def write_parquet(self, path: str, n: int, seed: int = 1, chunk: int = 250_000) -> None:
        import pyarrow.parquet as pq

        wr = None
        for d in self.stream(n, seed, chunk):
            t = self.table(d)
            wr = wr or pq.ParquetWriter(path, t.schema, compression="zstd")
            wr.write_table(t)
        wr.close()


def main(argv: list[str] | None = None) -> None:
    """Write a sample or bulk responses to Parquet, or print the truth."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("what", choices=["truth", "sample", "parquet"])
    parser.add_argument("out", nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args(argv)
    population = SipasPopulation()
    if arguments.what == "truth":
        truth = population.truth()
        print("index", round(truth["index"], 6))
        print("means", truth["mean"].round(4))
        print("top2", truth["top2"].round(4))
    elif arguments.what == "sample":
        import pyarrow.parquet as pq

        pq.write_table(population.table(population.draw_sample(arguments.seed)), arguments.out)
    else:
        population.write_parquet(arguments.out, arguments.rows, arguments.seed)


if __name__ == "__main__":
    main()
