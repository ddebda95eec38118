"""Which language codes mean one language, or languages that only their speakers tell apart in a short message."""

MEMBERS = """
ak: fat tw
ar: aao abh abv acm acq acw acx acy adf aeb aec afb ajp apc apd arb arq ars ary arz auz avl ayh ayl ayn ayp
    pga shu ssh
ay: ayc ayr
az: azb azj
bal: bcc bgn bgp
bik: bcl bln bto cts fbl lbl rbl ubl
bnc: ebk lbk obk rbk vbk
bua: bxm bxr bxu
chm: mhr mrj
cr: crj crk crl crm csw cwd
del: umu unm
den: scs xsl
din: dib dik dip diw dks
doi: dgo xnr
et: ekk vro
fa: pes prs
ff: ffm fub fuc fue fuf fuh fui fuq fuv
gba: bdt gbp gbq gmm gso gya
gn: gnw gug gui gun nhd
gon: esg gno wsg
grb: gbo gec grj grv gry
hai: hax hdn
hmn: cqd hea hma hmc hmd hme hmg hmh hmi hmj hml hmm hmp hmq hms hmw hmy hmz hnj hrm huj mmr muq mww sfm
ik: esi esk
iu: ike ikt
jrb: ajt aju jye yhd yud
kg: kng kwy ldi
kln: enb eyo niq oki pko sgc spy tec tuy
kok: gom knn
kpe: gkp xpe
kr: kby knc krt
ku: ckb kmr sdh
kv: koi kpv
lah: hnd hno jat phr pnb skr xhe
luy: bxk ida lkb lko lks lri lrm lsm lto lts lwg nle nyd rag
lv: ltg lvs
man: emk mku mlq mnk msc mwk
mg: bhr bmm bzc msh plt skg tdx tkg txy xmv xmw
mn: khk mvf
ms: bjn btj bve bvu coa dup hji id jak jax kvb kvr kxd lce lcf liw max meo mfa mfb min mqg msi mui orn ors pel
    pse tmw urk vkk vkt xmm zlm zmi zsm
mwr: dhd mtr mve rwr swv wry
ne: dty npi
no: nb nn
oj: ciw ojb ojc ojg ojs ojw otw
om: gax gaz hae orc
or: ory spv
ps: pbt pbu pst
qu: qub qud quf qug quh quk qul qup qur qus quw qux quy quz qva qvc qve qvh qvi qvj qvl qvm qvn qvo qvp qvs
    qvw qvz qwa qwc qwh qws qxa qxc qxh qxl qxn qxo qxp qxr qxt qxu qxw
raj: bgq gda gju hoj mup wbr
rom: rmc rmf rml rmn rmo rmw rmy
sc: sdc sdn src sro
sh: bs cnr hr sr
sq: aae aat aln als
sw: swc swh
syr: aii cld
tmh: taq thv thz ttq
uz: uzn uzs
yi: ydd yih
za: zch zeh zgb zgm zgn zhd zhn zlj zln zlq zqe zyb zyg zyj zyn zzj
zap: zaa zab zac zad zae zaf zai zam zao zaq zar zas zat zav zaw zax zca zoo zpa zpb zpc zpd zpe zpf zpg zph
    zpi zpj zpk zpl zpm zpn zpo zpp zpq zpr zps zpt zpu zpv zpw zpx zpy zpz zsr zte ztg ztl ztm ztn ztp ztq
    zts ztt ztu ztx zty
zh: cdo cjy cmn cnp cpx csp czh czo gan hak hsn lzh mnp nan wuu yue
zza: diq kiu
"""
"""Macrolanguages and their members, after the IANA language subtag registry (BCP 47) of 2021-08-06."""

LONG_CODES = """
aar=aa abk=ab afr=af aka=ak alb=sq amh=am ara=ar arg=an arm=hy asm=as ava=av ave=ae aym=ay aze=az bak=ba bam=bm baq=eu
bel=be ben=bn bih=bh bis=bi bod=bo bos=bs bre=br bul=bg bur=my cat=ca ces=cs cha=ch che=ce chi=zh chu=cu chv=cv cor=kw
cos=co cre=cr cym=cy cze=cs dan=da deu=de div=dv dut=nl dzo=dz ell=el eng=en epo=eo est=et eus=eu ewe=ee fao=fo fas=fa
fij=fj fin=fi fra=fr fre=fr fry=fy ful=ff geo=ka ger=de gla=gd gle=ga glg=gl glv=gv gre=el grn=gn guj=gu hat=ht hau=ha
hbs=sh heb=he her=hz hin=hi hmo=ho hrv=hr hun=hu hye=hy ibo=ig ice=is ido=io iii=ii iku=iu ile=ie ina=ia ind=id ipk=ik
isl=is ita=it jav=jv jpn=ja kal=kl kan=kn kas=ks kat=ka kau=kr kaz=kk khm=km kik=ki kin=rw kir=ky kom=kv kon=kg kor=ko
kua=kj kur=ku lao=lo lat=la lav=lv lim=li lin=ln lit=lt ltz=lb lub=lu lug=lg mac=mk mah=mh mal=ml mao=mi mar=mr may=ms
mkd=mk mlg=mg mlt=mt mol=ro mon=mn mri=mi msa=ms mya=my nau=na nav=nv nbl=nr nde=nd ndo=ng nep=ne nld=nl nno=nn nob=nb
nor=no nya=ny oci=oc oji=oj ori=or orm=om oss=os pan=pa per=fa pli=pi pol=pl por=pt pus=ps que=qu roh=rm ron=ro rum=ro
run=rn rus=ru sag=sg san=sa sin=si slk=sk slo=sk slv=sl sme=se smo=sm sna=sn snd=sd som=so sot=st spa=es sqi=sq srd=sc
srp=sr ssw=ss sun=su swa=sw swe=sv tah=ty tam=ta tat=tt tel=te tgk=tg tgl=tl tha=th tib=bo tir=ti ton=to tsn=tn tso=ts
tuk=tk tur=tr twi=tw uig=ug ukr=uk urd=ur uzb=uz ven=ve vie=vi vol=vo wel=cy wln=wa wol=wo xho=xh yid=yi yor=yo zha=za
zho=zh zul=zu
"""
"""Three-letter codes (ISO 639-2 and -3) of languages that BCP 47 names with two letters."""

OTHER_CODES = """
fil=tl in=id iw=he ji=yi jw=jv mo=ro bho=bh mag=bh mai=bh
"""
"""Codes that the registry replaced, and that are used side by side: Filipino and Tagalog, Bihari and its members."""
